export {
  attributeKeyPattern,
  type AttributeCatalog,
  type AttributeDefinition,
  type AttributeSubject,
} from './attribute-definition.js';
export { attributeCatalog, catalogOf } from './attribute-catalog.js';
export { insertAttribute } from './attribute-definition.repository.js';
export { sameValue, toJson, type AttributeValue, type ValueColumns } from './attribute-value.js';
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
export { parseInstant } from './parse-instant.js';
export {
  insertValues,
  loadValues,
  writeValues,
  type HeldValue,
  type HeldValues,
  type ValueWrite,
} from './value.repository.js';
