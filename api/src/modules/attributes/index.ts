import type { CreateModule } from '../../platform/module.js';
import { AttributeDefinitionEntity } from './attribute-definition.entity.js';
import { AttributeKeysResolver } from './attribute-keys.resolver.js';
import { AttributeResolver } from './attribute.resolver.js';
import type { KeyFollower } from './key-change.js';

export {
  attributeKeyPattern,
  definitionFor,
  type AttributeCatalog,
  type AttributeDefinition,
  type AttributeSubject,
} from './attribute-definition.js';
export { insertAttribute, shareDefinitions } from './attribute-definition.repository.js';
export {
  AttributeInput,
  AttributeValueScalar,
  attributesOfInput,
  AttributeTypeEnum,
  HeldAttributeType,
} from './attribute.types.js';
export { attributeCatalog, catalogOf, steadyCatalog } from './attribute-catalog.js';
export { sameValue, toJson, type AttributeValue, type ValueColumns } from './attribute-value.js';
export type { Computation } from './computation.js';
export { computeAttributesTask, computeSoon, type ComputePayload } from './compute-soon.js';
export { createAttribute } from './define-attributes.js';
export { convertValue } from './convert-value.js';
export { diffValues, setValue } from './diff-values.js';
export {
  longestList,
  longestText,
  parseAttributeValue,
  textColumns,
  textFault,
  type ParsedAttribute,
} from './parse-attribute-value.js';
export { parseAttributes, type ParsedAttributes } from './parse-attributes.js';
export type { KeyChange, KeyEditor, KeyFollower } from './key-change.js';
export { showValues } from './show-values.js';
export { parseInstant } from './parse-instant.js';
export {
  insertValues,
  loadValues,
  writeValues,
  type HeldValue,
  type HeldValues,
  type ValueWrite,
} from './value.repository.js';

/**
 * Attributes: the standard set and those that a workspace defines.
 * @param followers what the modules above do when an attribute's key changes, in this order.
 */
export function createAttributesModule(followers: readonly KeyFollower[]): CreateModule {
  return ({ withWorkspace, enqueue }) => ({
    entities: [AttributeDefinitionEntity],
    resolvers: [
      new AttributeResolver(withWorkspace, enqueue),
      new AttributeKeysResolver(withWorkspace, followers),
    ],
  });
}
