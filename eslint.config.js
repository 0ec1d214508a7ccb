import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig(
  globalIgnores(['dist/', 'dist.*/', 'coverage/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      eqeqeq: 'error',
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      '@typescript-eslint/no-empty-function': ['error', { allow: ['methods', 'arrowFunctions'] }],
      // An empty string is as good as none in most of what we read from outside.
      '@typescript-eslint/prefer-nullish-coalescing': [
        'error',
        { ignorePrimitives: { string: true } },
      ],
      // Contracts are records of functions: they are destructured, and async by contract.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/require-await': 'off',
      // Number(code) is how an enum of another package is compared.
      '@typescript-eslint/no-unnecessary-type-conversion': 'off',
    },
  },
  {
    files: ['workflows/**/*.ts'],
    rules: {
      // An activity whose promise is dropped runs, fails and is forgotten: the worst typo here.
      '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: false }],
      // Handlers change a rollout's state while its main function waits; narrowing does not know.
      '@typescript-eslint/no-unnecessary-condition': 'off',
    },
  },
  {
    files: [
      'src/adapters/kubernetes/**/*.ts',
      'src/adapters/kubernetes-api/**/*.ts',
      'src/adapters/chaos/fronts/**/*.ts',
      'test/**/kubernetes/**/*.ts',
      'test/**/kubernetes-api/**/*.ts',
      'test/adapters/chaos/fronts/**/*.ts',
      'test/e2e/crash/**/*.ts',
      'test/fixtures/**/*.ts',
      'bench/**/*.ts',
      'scripts/one-node-cluster/**/*.ts',
    ],
    rules: {
      // The Kubernetes client declares plain data as classes.
      '@typescript-eslint/no-misused-spread': 'off',
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      // What vitest's asymmetric matchers return is `any`.
      '@typescript-eslint/no-unsafe-assignment': 'off',
    },
  },
  {
    files: ['**/*.js', '**/*.cjs'],
    extends: [tseslint.configs.recommended],
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
);
