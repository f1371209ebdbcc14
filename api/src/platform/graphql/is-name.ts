import { ValidateBy } from 'class-validator';

/** The longest name, in UTF-16 code units. */
const longest = 200;

/** The name that people give a thing: 1 to 200 characters, not all of them blank. */
export function IsName(): PropertyDecorator {
  return ValidateBy({
    name: 'isName',
    validator: {
      validate: (name: unknown) => typeof name === 'string' && name.length <= longest && name.trim() !== '',
      defaultMessage: (about) =>
        `${about?.property} must be 1 to ${longest} characters, not all of them blank`,
    },
  });
}
