import { Ajv } from 'ajv';
import schema from '../../docs/schema/review.schema.json' with { type: 'json' };

/** Whether it is what docs/schema says of `review -o json`; its `errors` say what is not. */
export const validate = new Ajv({ allowUnionTypes: true, formats: { 'date-time': true } }).compile(schema);
