// How esbuild is to make JavaScript of JSX.
export const JSX = {
  inject: ["jsx.mjs"],
  jsx: "transform",
  jsxFactory: "h",
  jsxFragment: "Fragment",
  tsconfigRaw: {}, // tsconfig.json names the JSX runtime, whose types TypeScript checks
};
