/** What the process ends with. Stable: scripts build on them. 69 is the launcher's (no Node that is new enough). */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

/** 128 + the number of the signal, as shells have it. */
export const EXIT_BY_SIGNAL = { SIGINT: 130, SIGTERM: 143 } as const;

export const EXIT_CODES_HELP = `
Exit codes:
  0    done; records in quarantine are no failure, the verdicts say how many they are
  1    failed: an error of docs/errors.md, on standard error
  2    the command line is wrong
  69   there is no Node.js that is new enough
  130  stopped by Ctrl-C (143 by SIGTERM), in order: what was taken is safe, run it again to go on;
       serve and tap --follow, which end in no other way, end with 0
`;
