// Three kinds of dialog, each in a file of its own: a confirmation does not carry the forms.
export { ConfirmDialog } from './ConfirmDialog';
export { FormDialog } from './FormDialog';
export { BottomSheet } from './sheet';
