import { MaxLength } from 'class-validator';
import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { Readable } from '../../platform/graphql/access.js';

/** Characters of a template at most. */
const longestText = 100_000;

/** A message to be looked at. */
@InputType('PreviewEmailInput', { description: 'A message as an automation would send it.' })
export class PreviewEmailInput {
  @Field(() => String, { description: 'The subject: a Liquid template.' })
  @MaxLength(1000)
  subject!: string;

  @Field(() => String, { nullable: true, description: 'The message as HTML, a Liquid template.' })
  @MaxLength(longestText)
  html?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The message as text, a Liquid template; made from the HTML unless given.',
  })
  @MaxLength(longestText)
  text?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The contact whose values are filled in; absent: nobody, as for whom nothing is known of.',
  })
  contactId?: string | null;
}

/** A message as a contact would get it. */
@ObjectType('EmailPreview', { description: 'A message as a contact would get it. Nothing was sent.' })
@Readable('contacts:read')
export class EmailPreviewType {
  @Field(() => String, { description: 'The subject, one line.' })
  subject!: string;

  @Field(() => String, { nullable: true, description: 'The message as HTML; null where it is text alone.' })
  html!: string | null;

  @Field(() => String, { description: 'The message as text.' })
  text!: string;

  @Field(() => String, {
    nullable: true,
    description: 'The address that it would go to; null when the contact has none, or for nobody.',
  })
  to!: string | null;
}
