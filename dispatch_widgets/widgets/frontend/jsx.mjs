// What JSX is made of in a bundle: calls of `h` take less room than those of Preact's JSX runtime.
export { Fragment, h } from "preact";
