import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import wordsInCatalogue from './lint/words_in_catalogue.js';
import svelteConfig from './svelte.config.js';

/** Which folders a floor may not reach: parts know nothing of ours but `lib` and the words, state knows no views. */
const floor = (...above) => [
  'error',
  {
    patterns: [
      { group: ['@tauri-apps/*'], message: 'only ipc/tauri.ts speaks to the window' },
      ...(above.length > 0 ? [{ group: above.map((name) => `**/${name}/**`), message: 'this floor knows nothing of that one' }] : []),
    ],
  },
];

export default ts.config(
  { ignores: ['dist/', 'dist-fake/', 'node_modules/', 'src/bindings/'] },
  js.configs.recommended,
  ...ts.configs.strictTypeChecked,
  ...svelte.configs.recommended,
  {
    languageOptions: {
      globals: { ...globals.browser, ...globals.node },
      parserOptions: {
        projectService: { allowDefaultProject: ['*.js', 'lint/*.js'] },
        extraFileExtensions: ['.svelte'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowNullish: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true, ignoreVoidOperator: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // A complaint crosses the door as a plain value, so it is thrown as one.
      '@typescript-eslint/only-throw-error': ['error', { allow: [{ from: 'file', name: 'Complaint' }] }],
      eqeqeq: 'error',
      'max-lines': ['error', 400],
      'no-console': 'error',
      'no-restricted-imports': floor(),
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
  },
  {
    files: ['**/*.svelte'],
    plugins: { house: { rules: { 'words-in-catalogue': wordsInCatalogue } } },
    rules: {
      'house/words-in-catalogue': 'error',
      // Types across components are svelte-check's; here they look like `any`. What a binding holds is not known either.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-redundant-type-constituents': 'off',
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-unnecessary-type-assertion': 'off',
      // Naming a value in an effect is how it is told what to watch.
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      // Addresses are parts after `#`, made by `address`; there is no router to resolve them.
      'svelte/no-navigation-without-resolve': 'off',
      'svelte/no-inline-styles': 'error',
      'svelte/no-at-html-tags': 'error',
    },
  },
  { files: ['src/parts/**'], rules: { 'no-restricted-imports': floor('state', 'views', 'ipc', 'bindings') } },
  { files: ['src/lib/**'], rules: { 'no-restricted-imports': floor('state', 'views', 'ipc', 'bindings', 'parts', 'text') } },
  { files: ['src/state/**'], rules: { 'no-restricted-imports': floor('views', 'parts') } },
  { files: ['src/ipc/tauri.ts'], rules: { 'no-restricted-imports': 'off' } },
  { files: ['**/*.js'], ...ts.configs.disableTypeChecked },
);
