import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        plugins: [svelte()],
        resolve: { conditions: ['browser'] },
        test: { name: 'unit', include: ['src/**/*.test.ts', 'lint/**/*.test.ts'], environment: 'node' },
      },
      {
        test: {
          name: 'e2e',
          include: ['tests/**/*.spec.ts'],
          globalSetup: ['tests/browser/start.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          fileParallelism: false,
          // Pages that are looked at side by side; more would only slow each other down.
          maxConcurrency: 2,
        },
      },
    ],
  },
});
