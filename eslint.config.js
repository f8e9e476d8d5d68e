import js from '@eslint/js'
import tseslint from 'typescript-eslint'

/** Type-checked rules that find real mistakes and cost little. */
const typed = {
  '@typescript-eslint/await-thenable': 'error',
  '@typescript-eslint/no-array-delete': 'error',
  '@typescript-eslint/no-for-in-array': 'error',
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-misused-promises': 'error',
  '@typescript-eslint/no-unnecessary-type-assertion': 'error',
  '@typescript-eslint/only-throw-error': ['error', {allowThrowingUnknown: true}],
  '@typescript-eslint/prefer-readonly': 'error',
  '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
  '@typescript-eslint/switch-exhaustiveness-check': ['error', {considerDefaultExhaustiveForUnions: true}],
}

const house = {
  '@typescript-eslint/ban-ts-comment': ['error', {'ts-expect-error': 'allow-with-description'}],
  '@typescript-eslint/consistent-type-exports': 'error',
  '@typescript-eslint/consistent-type-imports': ['error', {fixStyle: 'separate-type-imports'}],
  '@typescript-eslint/method-signature-style': ['error', 'property'],
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/no-import-type-side-effects': 'error',
  '@typescript-eslint/no-non-null-assertion': 'error',
}

/** What a reader of any file may rely on. */
const everywhere = {
  eqeqeq: 'error',
  'max-lines': ['error', {max: 250}],
  'no-implicit-coercion': ['error', {allow: ['!!']}],
  'no-var': 'error',
  'no-warning-comments': ['error', {terms: ['todo', 'fixme', 'xxx']}],
  'object-shorthand': 'error',
  'prefer-const': 'error',
  'prefer-template': 'error',
}

const NODE_GLOBALS = [
  'AbortController',
  'AbortSignal',
  'Buffer',
  'URL',
  'clearInterval',
  'clearTimeout',
  'console',
  'performance',
  'process',
  'setInterval',
  'setTimeout',
  'structuredClone',
]

export default tseslint.config(
  {ignores: ['**/dist/', '.test-lab-*/', '.test/', 'bench/.cache/']},
  js.configs.recommended,
  {
    rules: everywhere,
    languageOptions: {globals: Object.fromEntries(NODE_GLOBALS.map(name => [name, 'readonly']))},
  },
  {
    files: ['**/*.cjs'],
    languageOptions: {globals: {module: 'writable', require: 'readonly'}},
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strict],
    languageOptions: {parserOptions: {projectService: true, tsconfigRootDir: import.meta.dirname}},
    rules: {...typed, ...house},
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      // A library that ends the process or prints on its own takes both out of its caller's hands.
      'no-console': 'error',
      'no-restricted-properties': [
        'error',
        {object: 'process', property: 'exit', message: 'Throw a CrabboxError, or set process.exitCode.'},
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        ...['describe', 'it', 'context'].map(object => ({
          object,
          property: 'only',
          message: 'It keeps every other test from running.',
        })),
      ],
    },
  },
  {
    files: ['examples/*/test/**/*.ts'],
    rules: {
      // The runner waits for them.
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            {from: 'package', package: 'node:test', name: ['describe', 'suite', 'it', 'test', 'after', 'afterEach']},
          ],
        },
      ],
    },
  },
)
