import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';

export type Action = { label: string; run: () => void };
type Props = { open: boolean; anchor: HTMLElement | null; actions: Action[]; onClose: () => void };

/** A few actions under the button that opened them. */
export function ActionMenu({ open, anchor, actions, onClose }: Props) {
  return (
    <Menu anchorEl={anchor} open={open} onClose={onClose}>
      {actions.map((a) => <MenuItem key={a.label} onClick={() => { onClose(); a.run(); }}>{a.label}</MenuItem>)}
    </Menu>
  );
}
