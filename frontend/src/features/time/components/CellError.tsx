import Paper from '@mui/material/Paper';
import Popper from '@mui/material/Popper';
import type { RefObject } from 'react';

/** What is wrong with a cell, said under it. The table scrolls, so it stands outside. */
export function CellError({ anchor, text }: { anchor: RefObject<HTMLElement | null>; text: string }) {
  return (
    <Popper open anchorEl={() => anchor.current ?? document.body} placement="bottom" sx={{ zIndex: 'tooltip' }}>
      <Paper role="alert" variant="outlined" sx={{ px: 2, py: 1, maxWidth: 300, fontSize: 12, bgcolor: 'error.main', color: 'error.contrastText' }}>{text}</Paper>
    </Popper>
  );
}
