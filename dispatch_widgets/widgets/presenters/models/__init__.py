"""The Models tab and the model picker."""
