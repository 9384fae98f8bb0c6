"""What all presenters share: the vocabulary of views, failures, Undo, and the class they are built on."""
