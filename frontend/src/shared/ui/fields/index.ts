// One file for each kind of field: a page carries the kinds it has, not the others.
export { AutocompleteField } from './AutocompleteField';
export { CountryField, CurrencyField } from './CodeField';
export { DateField, TimeField } from './dates';
export type { Option } from './option';
export { DecimalField, DurationField, MoneyField, NumberField } from './parsed';
export { Picker } from './Picker';
export { SelectField } from './SelectField';
export { TextField } from './TextField';
export { CheckboxField, SwitchField } from './toggles';
