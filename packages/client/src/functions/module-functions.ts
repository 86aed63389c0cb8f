/** Names under which a module exports functions. */
export type FunctionName<Module> = {
  [Name in keyof Module]: Module[Name] extends (...args: never[]) => unknown ? Name : never;
}[keyof Module] &
  string;

/** The function that a module exports under a name. */
export type FunctionOf<Module, Name extends keyof Module> = Extract<Module[Name], (...args: never[]) => unknown>;

/** A function of which the compiler knows nothing. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- it takes any arguments, and its result may be put to any use
export type UntypedFunction = (...args: any[]) => any;

/** What an export is called by people: `default` says nothing, the module does. */
export function nameOfExport(exportName: string, module: string): string {
  return exportName === 'default' ? module.replace(/^.*[\\/:]/, '').replace(/\.[cm]?[jt]sx?$/, '') : exportName;
}
