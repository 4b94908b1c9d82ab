import Popover from '@mui/material/Popover';
import { useState } from 'react';
import { problemText } from '../../../shared/api/problem';
import { TextInput } from '../../../shared/ui/TextInput';
import { useSetCellMutation } from '../api';
import { cellOf, type Note } from '../model';
import { useT } from '../locales/en';

export function NotePopover({ note, week, readOnly, onSaid, onClose }: { note: Note; week: string; readOnly: boolean; onSaid: (s: string) => void; onClose: () => void }) {
  const t = useT();
  const [set] = useSetCellMutation();
  const [text, setText] = useState(note.cell.note);
  const [error, setError] = useState('');
  const close = async () => {
    if (!readOnly && text !== note.cell.note && note.cell.seconds > 0) {
      try {
        await set({ week, cell: { day: note.cell.day, ...cellOf(note.row), seconds: note.cell.seconds, note: text } }).unwrap();
        onSaid(t('grid.saved'));
      } catch (e) {
        setError(problemText(e));
        return;
      }
    }
    onClose();
    note.anchor.querySelector('input')?.focus();
  };
  return (
    <Popover open anchorEl={note.anchor} onClose={() => void close()} anchorOrigin={{ vertical: 'bottom', horizontal: 'right' }} transformOrigin={{ vertical: 'top', horizontal: 'right' }} slotProps={{ paper: { role: 'dialog', 'aria-label': t('grid.noteTitle'), sx: { p: 3, width: 320 } } }}>
      <TextInput
        multiline minRows={3} autoFocus label={t('grid.noteTitle')} value={text} onChange={(e) => setText(e.target.value)} error={error !== ''} helperText={error}
        slotProps={{ htmlInput: { maxLength: 2000, readOnly: readOnly || note.cell.entries > 1 } }}
        onKeyDown={(e) => { if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) void close(); }}
      />
    </Popover>
  );
}
