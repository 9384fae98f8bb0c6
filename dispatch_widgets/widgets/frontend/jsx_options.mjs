// The esbuild options for JSX.
export const JSX = {
  inject: ["jsx.mjs"],
  jsx: "transform",
  jsxFactory: "h",
  jsxFragment: "Fragment",
  tsconfigRaw: {}, // ignores tsconfig.json: the JSX runtime named there is for type checking only
};
