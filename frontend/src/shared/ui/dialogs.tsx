import { whenOpen } from './later';

// A page is read before anything on it is confirmed: what opens over it comes when it first does.
export const ConfirmDialog = whenOpen(async () => (await import('./ConfirmDialog')).ConfirmDialog);
export const ActionMenu = whenOpen(async () => (await import('./ActionMenu')).ActionMenu);
export const BottomSheet = whenOpen(async () => (await import('./sheet')).BottomSheet);
// A form's dialog is as heavy as its fields: the component around it is what comes later.
export { FormDialog } from './FormDialog';
