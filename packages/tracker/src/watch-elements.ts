import { propertiesOf, readFields, start, type Field } from './elements.js';
import { guard } from './gate.js';
import type { Properties, Traits } from './record.js';
import { plainUrl } from './touch.js';

/** Calls back when an element with `data-coterie-event` is clicked. A form with it is told when it is submitted. */
export function watchClicks(onClick: (event: string, properties: Properties) => void): void {
  listen('click', (event) => {
    const element = findMarked(event, 'event');
    if (!element || element instanceof HTMLFormElement) return;
    onClick(element.getAttribute(`${start}event`)!, propertiesOf(element.attributes));
  });
}

/** Calls back when a form is submitted. */
export function watchForms(onSubmit: (event: string, properties: Properties, traits: Traits) => void): void {
  listen('submit', ({ target }) => {
    const form = target as HTMLFormElement;
    const { fields, values, traits } = readFields(form.elements as unknown as Iterable<Field>);
    // Not by its properties: a field called "id" would stand in their place.
    const said = (attribute: string): string => form.getAttribute(attribute) ?? '';
    const name = said('name') || said('id') || plainUrl(said('action'));
    const properties = { ...values, form: name, fields, ...propertiesOf(form.attributes) };
    onSubmit(said(`${start}event`) || 'form_submitted', properties, traits);
  });
}

/** Before the page's own listeners: what they stop or take away is seen all the same. */
function listen(type: string, listener: (event: Event) => void): void {
  document.addEventListener(
    type,
    (event) => guard(() => findMarked(event, 'ignore') ?? listener(event)),
    true,
  );
}

/** The innermost element around the origin of an event that has such an attribute, past the borders of components. */
function findMarked(event: Event, attribute: string): Element | undefined {
  const path = event.composedPath() as Element[];
  return path.find((node) => node.hasAttribute?.(start + attribute));
}
