/** The attribute of the contact that a variable of a template asks for; undefined of any other variable. */
export function contactKeyOf(variable: string): string | undefined {
  return /^contact\.([^.[]+)/.exec(variable)?.[1];
}

/** The attributes of the contact that a template's variables ask for. */
export function contactKeysIn(variables: readonly string[]): string[] {
  return variables.flatMap((variable) => contactKeyOf(variable) ?? []);
}
