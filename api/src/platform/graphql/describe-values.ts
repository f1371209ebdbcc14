/** What a GraphQL enum says of each of its values, by their names: the `valuesConfig` of `registerEnumType`. */
export function describeValues(texts: Readonly<Record<string, string>>): never {
  return Object.fromEntries(
    Object.entries(texts).map(([name, description]) => [name, { description }]),
  ) as never;
}
