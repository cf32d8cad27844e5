import jsxA11y from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

/**
 * Keeps a folder from knowing the rooms above it: screens know the app, the app knows the SDK and the primitives. No
 * feature knows another.
 */
function above(folder, ...rooms) {
  const group = rooms.map((room) => `**/${room}/**`);
  return {
    files: [`src/${folder}/**/*.{ts,tsx}`],
    ignores: ["**/*.test.{ts,tsx}"],
    rules: {
      "no-restricted-imports": ["error", { patterns: [{ group, message: "No room knows the room above it." }] }],
    },
  };
}

export default tseslint.config(
  // The bridge's shapes are written by Rust, and have no style of their own.
  { ignores: ["dist", "dist-preview", "node_modules", "src/bridge/*", "!src/bridge/commands.ts"] },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    files: ["src/**/*.{ts,tsx}", "*.config.ts"],
    extends: [
      ...tseslint.configs.strictTypeChecked,
      jsxA11y.flatConfigs.strict,
      reactHooks.configs.flat["recommended-latest"],
    ],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Numbers read the same in every template.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // `onClick={() => tell(…)}` says as much as the same with braces.
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/consistent-type-imports": "error",
      // Judges what the React compiler could do, which is not used here.
      "react-hooks/preserve-manual-memoization": "off",
    },
  },
  above("sdk", "app", "features", "window", "primitives", "words", "preview", "testing"),
  above("primitives", "app", "features", "window", "preview", "testing"),
  above("app", "features", "window", "preview", "testing"),
  above("features", "window", "preview", "testing"),
  ...["welcome", "sign-in", "sign-up", "account", "outbox", "settings"].map((feature, _, all) =>
    above(`features/${feature}`, "window", "preview", "testing", ...all.filter((other) => other !== feature)),
  ),
  {
    // The app's commands reject with plain objects, and so must whoever stands in for them.
    files: ["src/**/*.test.{ts,tsx}", "src/testing/**", "src/preview/**"],
    rules: {
      "@typescript-eslint/only-throw-error": "off",
      "@typescript-eslint/prefer-promise-reject-errors": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
    },
  },
);
