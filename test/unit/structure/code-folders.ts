/** The folders with code of the project. */
export const CODE_FOLDERS = [
  'bench',
  'bin',
  'examples',
  'lambdas',
  'lib',
  'local',
  'ops',
  'scripts',
  'simulator',
  'src',
  'statemachines',
  'test',
  'web',
];

/** Whether a file is one of these, or below them. */
export const isIn = (file: string, ...paths: readonly string[]): boolean =>
  paths.some((path) => file === path || file.startsWith(`${path}/`));
