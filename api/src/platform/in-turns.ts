/** Does the same with each item, so many at a time; the answers are in their order. */
export async function inTurns<Item, Answer>(
  items: readonly Item[],
  most: number,
  work: (item: Item) => Promise<Answer>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let begin = 0; begin < items.length; begin += most)
    answers.push(...(await Promise.all(items.slice(begin, begin + most).map(work))));
  return answers;
}
