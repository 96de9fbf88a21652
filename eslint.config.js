import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig(
  globalIgnores(['dist/', 'coverage/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // A union that gets a new member must be met with an error wherever it is taken apart.
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: false, requireDefaultForNonUnion: true },
      ],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true, allowNever: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // () => log.warn(...) reads well and means what it says.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // An interface of promises may be kept without waiting for anything.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/prefer-readonly': 'error',
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    // In dist/ the file is a .js, and no compiler looks into a URL.
    files: ['{actors,cli,config,gateway,schemas,store,streams}/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: "NewExpression[callee.name='URL'] > Literal[value=/[.]ts$/]",
          message: 'Write new URL(`./name${extname(import.meta.url)}`, import.meta.url): the build has no .ts.',
        },
      ],
    },
  },
  {
    // What people and programs read on a terminal is written there.
    files: ['cli/**', 'bench/**', 'test/soak.ts', 'test/simulation/simulate.ts', '**/*.js', '**/*.cjs'],
    rules: { 'no-console': 'off' },
  },
  {
    // A longer file holds more than one noun.
    files: ['**/*.ts', '**/*.js', '**/*.cjs'],
    // A table has as many rows as there are things.
    ignores: ['schemas/error-catalogue.ts'],
    rules: { 'max-lines': ['error', { max: 350, skipBlankLines: true, skipComments: true }] },
  },
  {
    files: ['test/**'],
    rules: {
      // expect(mock.method) only looks at the method.
      '@typescript-eslint/unbound-method': 'off',
    },
  },
);
