// The JSX functions of the bundle: calls of `h` are shorter than those of Preact's JSX runtime.
export { Fragment, h } from "preact";
