#!/usr/bin/env node
await import('../cli/masterflag.ts');
