import { MaxLength } from 'class-validator';
import { Field, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Readable } from '../../platform/graphql/access.js';
import type { AttributeSubject } from './attribute-definition.js';
import { AttributeDefinitionType, AttributeKeyInput, AttributeSubjectEnum } from './attribute.types.js';
import type { MergePreference } from './move-values.repository.js';

@InputType('RenameAttributeInput', { description: 'What an attribute of the workspace is to be called.' })
export class RenameAttributeInput extends AttributeKeyInput {
  @Field(() => String, { nullable: true, description: 'Its new key; it stays unless given.' })
  newKey?: string | null;

  @Field(() => String, { nullable: true, description: 'What people are to call it; it stays unless given.' })
  @MaxLength(100)
  label?: string | null;
}

/** GraphQL's enum of which value stays. */
export const MergePreferenceEnum = { NEWEST: 'newest', FROM: 'from', INTO: 'into' } as const;
registerEnumType(MergePreferenceEnum, {
  name: 'AttributeMergePreference',
  description: 'Which of two different values stays where there are both.',
  valuesConfig: {
    NEWEST: { description: 'The one that came to be later; of the same age, that of `into`.' },
    FROM: { description: 'That of the attribute that goes.' },
    INTO: { description: 'That of the attribute that stays.' },
  },
});

@InputType('MergeAttributesInput', { description: 'Two attributes that are to be one.' })
export class MergeAttributesInput {
  @Field(() => AttributeSubjectEnum, { description: 'Who has them.' })
  subject!: AttributeSubject;

  @Field(() => String, { description: 'The key of the one that goes: an attribute of the workspace.' })
  from!: string;

  @Field(() => String, {
    description:
      'The key of the one that stays: of the same type, or one that holds the values of the other without loss, as a text holds numbers.',
  })
  into!: string;

  @Field(() => MergePreferenceEnum, {
    defaultValue: 'newest',
    description: 'Which of two different values stays where there are both.',
  })
  prefer!: MergePreference;
}

@ObjectType('AttributeMergeResult', { description: 'What merging two attributes comes to.' })
@Readable('contacts:read')
export class AttributeMergeResultType {
  @Field(() => AttributeDefinitionType, { description: 'The attribute that stays.' })
  attribute!: AttributeDefinitionType;

  @Field(() => Int, { description: 'Contacts or companies with a value in the other one alone: it moves.' })
  moved!: number;

  @Field(() => Int, { description: 'Those with the same value in both.' })
  equal!: number;

  @Field(() => Int, { description: 'Those with different values: one of them goes.' })
  conflicts!: number;

  @Field(() => Int, { description: 'Of the conflicts, those in which the value of the one that stays goes.' })
  overwritten!: number;
}
