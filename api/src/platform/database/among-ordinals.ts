/**
 * SQL: whether a contact is one of many, and between the first and the last of them. The second follows from the first,
 * but PostgreSQL does not see it: while the statistics of a table are out of date, as after a large import, it would
 * rather read all rows of the workspace than look up so many. Within a range it goes by the index in any case.
 * @param column the column that holds the ordinal.
 * @param parameter the parameter that holds the ordinals, such as `$1`.
 */
export function amongOrdinals(column: string, parameter: string): string {
  const bound = (which: 'min' | 'max'): string =>
    `(select ${which}(asked) from unnest(${parameter}::int[]) as asked)`;
  return `(${column} = any(${parameter}::int[]) and ${column} between ${bound('min')} and ${bound('max')})`;
}
