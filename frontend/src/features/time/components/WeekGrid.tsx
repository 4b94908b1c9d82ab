import Box from '@mui/material/Box';
import IconButton from '@mui/material/IconButton';
import Typography from '@mui/material/Typography';
import NoteIcon from '@mui/icons-material/NotesRounded';
import PinIcon from '@mui/icons-material/PushPinOutlined';
import PinnedIcon from '@mui/icons-material/PushPinRounded';
import { useEffect, useRef, useState } from 'react';
import type { TimeCell, TimeGrid, TimeGridRow } from '../../../shared/api/gen/time.gen';
import { reasonText } from '../../../shared/api/problem';
import { formatDayLong, formatDayShort, formatWeekday, today } from '../../../shared/lib/dates';
import { formatDuration, parseDuration } from '../../../shared/lib/duration';
import { browserZone } from '../../../shared/lib/zones';
import { later } from '../../../shared/ui/later';
import { useSetCellMutation } from '../api';
import { cellOf, keyOf, rowName, type Note, partOf, takes, weekOf } from '../model';
import { usePins } from '../pins';
import { useT } from '../locales/en';

const CellError = later(async () => (await import('./CellError')).CellError);
const NotePopover = later(async () => (await import('./NotePopover')).NotePopover);

type At = { row: number; col: number };

const shown = (seconds: number) => (seconds === 0 ? '' : formatDuration(seconds));

const css = {
  width: '100%', borderCollapse: 'separate', borderSpacing: 0, tableLayout: 'fixed', fontSize: 14,
  '& th, & td': { borderBottom: '1px solid', borderColor: 'divider', p: 0, textAlign: 'end', fontVariantNumeric: 'tabular-nums' },
  '& thead th': { height: 52, px: 2, fontWeight: 560, color: 'text.secondary', fontSize: 13, lineHeight: '18px' },
  '& tbody th': { textAlign: 'start', px: 4, py: 2, fontWeight: 400, overflow: 'hidden' },
  '& tfoot th, & tfoot td': { height: 36, px: 2, fontWeight: 400 },
  '& tfoot th': { textAlign: 'start', px: 4 },
  '& tfoot tr:last-of-type > *': { borderBottom: 0 },
  '& .total': { px: 3, fontWeight: 620 },
  '& .today': { bgcolor: 'color-mix(in srgb, var(--mui-palette-primary-main) 5%, transparent)' },
  '& .cell': { position: 'relative', height: 48 },
  '& .cell input': { width: '100%', height: 48, border: 0, bgcolor: 'transparent', background: 'none', font: 'inherit', fontVariantNumeric: 'tabular-nums', color: 'text.primary', textAlign: 'end', px: 2, outlineOffset: -2 },
  '& .cell input:focus': { outline: '2px solid', outlineColor: 'primary.main', borderRadius: 0.5 },
  '& .cell input[readonly]': { color: 'text.secondary', cursor: 'default' },
  '& .cell input[aria-invalid=true]': { outline: '2px solid', outlineColor: 'error.main', borderRadius: 0.5 },
  '& .cell .note': { position: 'absolute', left: 2, top: 10, opacity: 0 },
  '& .pin': { opacity: 0 },
  '& tr:hover .pin, & tr:focus-within .pin, & .pin.has, & .pin:focus-visible': { opacity: 1 },
  '& .dragged': { opacity: 0.5 },
  '& tr.above > *': { boxShadow: 'inset 0 2px var(--mui-palette-primary-main)' },
  '& tr.below > *': { boxShadow: 'inset 0 -2px var(--mui-palette-primary-main)' },
  '& .cell:hover .note, & .cell:focus-within .note, & .cell .note.has, & .cell .note:focus-visible': { opacity: 1 },
} as const;

/**
 * The week by keyboard alone: one stop for Tab, arrows inside, typing replaces,
 * Enter saves and goes down, Escape takes back, Ctrl+Enter fills the working days after this one, Alt+P pins the row and Alt with the arrows moves it.
 */
export function WeekGrid({ grid, rows, label, readOnly, onCell }: { grid: TimeGrid; rows: TimeGridRow[]; label: string; readOnly?: boolean; onCell?: (at: At) => void }) {
  const t = useT();
  const table = useRef<HTMLTableElement>(null);
  const [focus, setFocus] = useState<At>({ row: 0, col: 0 });
  const [said, setSaid] = useState('');
  const [note, setNote] = useState<Note | null>(null);
  const now = today(browserZone());
  const [set] = useSetCellMutation();
  const pins = usePins(rows, setSaid);
  const [dragged, setDragged] = useState('');
  const [over, setOver] = useState('');
  const drop = (where: TimeGridRow) => {
    const row = rows.find((r) => keyOf(r) === dragged);
    if (row && where.pinned) pins.put(row, where);
    setDragged('');
    setOver('');
  };
  const followed = useRef<{ key: string; col: number } | null>(null);
  useEffect(() => {
    const at = followed.current && rows.findIndex((r) => keyOf(r) === followed.current?.key);
    if (at === null || at < 0 || !followed.current) return;
    // The row went elsewhere: whoever is in it goes along.
    const input = table.current?.querySelector<HTMLInputElement>(`input[data-at="${at}/${followed.current.col}"]`);
    if (input && document.activeElement !== input) input.focus();
    followed.current = null;
  }, [rows]);
  const fill = async (r: TimeGridRow, col: number, seconds: number) => {
    const free = r.cells.filter((c, i) => i > col && c.editable && c.seconds === 0 && (grid.days[i]?.expected ?? 0) > 0 && !(grid.locked_through && c.day <= grid.locked_through));
    setSaid(t('grid.saving'));
    try {
      for (const c of free) await set({ week: weekOf(grid), cell: { day: c.day, ...cellOf(r), seconds, expected_seconds: 0, zone: browserZone() } }).unwrap();
      setSaid(t('grid.filled', { count: free.length }));
    } catch (e) {
      setSaid(reasonText(e));
    }
  };
  const go = (at: At) => {
    const row = Math.min(rows.length - 1, Math.max(0, at.row));
    const col = Math.min(6, Math.max(0, at.col));
    setFocus({ row, col });
    table.current?.querySelector<HTMLInputElement>(`input[data-at="${row}/${col}"]`)?.focus();
  };
  const here = { row: Math.min(focus.row, rows.length - 1), col: focus.col };
  return (
    <Box sx={{ overflowX: 'auto' }}>
      <Box component="table" ref={table} role="grid" aria-label={label} aria-describedby="grid-keys" sx={css}>
        <colgroup><col style={{ width: '28%', minWidth: 200 }} />{grid.days.map((d) => <col key={d.day} />)}<col style={{ width: 88 }} /></colgroup>
        <thead>
          <tr>
            <Box component="th" scope="col" sx={{ textAlign: 'start !important', pl: '16px !important' }}>{t('grid.work')}</Box>
            {grid.days.map((d) => (
              <th key={d.day} scope="col" className={d.day === now ? 'today' : undefined}>
                <Box component="span" sx={{ color: d.day === now ? 'primary.main' : 'text.primary', fontWeight: 620 }}>{formatWeekday(d.day)}</Box><br />{formatDayShort(d.day)}
                {d.away && <Typography noWrap variant="caption" title={d.away.join(', ')} sx={{ display: 'block', maxWidth: 96, ml: 'auto' }}>{d.away.join(', ')}</Typography>}
              </th>
            ))}
            <th scope="col" className="total">{t('grid.total')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((r, row) => (
            <tr
              key={keyOf(r)} className={dragged === keyOf(r) ? 'dragged' : over === keyOf(r) ? (rows.findIndex((x) => keyOf(x) === dragged) < row ? 'below' : 'above') : undefined}
              onDragOver={(e) => { if (dragged && r.pinned) { e.preventDefault(); setOver(keyOf(r)); } else setOver(''); }} onDrop={(e) => { e.preventDefault(); drop(r); }}
            >
              {/* Only its name is taken: in the cells the mouse selects text. */}
              <th
                scope="row" draggable={r.pinned && !readOnly} onDragEnd={() => { setDragged(''); setOver(''); }}
                onDragStart={(e) => { e.dataTransfer.effectAllowed = 'move'; if (e.currentTarget.parentElement) e.dataTransfer.setDragImage(e.currentTarget.parentElement, 20, 20); setDragged(keyOf(r)); }}
              >
                <Box sx={{ display: 'flex', alignItems: 'center', gap: 1 }}>
                  <Box sx={{ flex: 1, minWidth: 0, cursor: r.pinned && !readOnly ? 'grab' : undefined }}>
                    <Typography noWrap sx={{ fontWeight: 560 }}>{r.project_name}</Typography>
                    <Typography noWrap variant="body2" sx={{ color: 'text.secondary' }}>{[r.client_name, r.task_name, r.service_name].filter(Boolean).join(' · ')}</Typography>
                  </Box>
                  {!readOnly && (
                    <IconButton size="small" tabIndex={-1} className={r.pinned ? 'pin has' : 'pin'} aria-pressed={r.pinned} aria-label={t('grid.pin', { work: rowName(r) })} title={t('grid.pinHelp')} onClick={() => pins.toggle(r)}>
                      {r.pinned ? <PinnedIcon sx={{ fontSize: 16 }} /> : <PinIcon sx={{ fontSize: 16 }} />}
                    </IconButton>
                  )}
                </Box>
              </th>
              {r.cells.map((c, col) => (
                <Cell
                  key={c.day} row={r} cell={c} week={weekOf(grid)} at={`${row}/${col}`} stop={here.row === row && here.col === col}
                  today={c.day === now} readOnly={Boolean(readOnly)} closed={!takes(partOf(grid, c.day))}
                  locked={Boolean(grid.locked_through && c.day <= grid.locked_through)}
                  onFocus={() => { setFocus({ row, col }); onCell?.({ row, col }); }} onGo={(dr, dc) => go({ row: row + dr, col: col + dc })} onSaid={setSaid}
                  onNote={(anchor) => setNote({ row: r, cell: c, anchor })}
                  onFill={(seconds) => void fill(r, col, seconds)}
                  onPin={() => { followed.current = { key: keyOf(r), col }; pins.toggle(r); }}
                  onMove={(by) => { followed.current = { key: keyOf(r), col }; pins.move(r, by); }}
                />
              ))}
              <td className="total">{formatDuration(r.seconds)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row"><Box component="span" sx={{ fontWeight: 620 }}>{t('grid.total')}</Box></th>
            {grid.days.map((d) => <Box component="td" key={d.day} className={d.day === now ? 'today' : undefined} sx={{ fontWeight: '620 !important' }}>{formatDuration(d.seconds)}</Box>)}
            <td className="total">{formatDuration(grid.seconds)}</td>
          </tr>
          {grid.filled > 0 && (
            <tr>
              <Box component="th" scope="row" sx={{ color: 'text.secondary' }}>{t('grid.filled')}</Box>
              {grid.days.map((d) => <Box component="td" key={d.day} className={d.day === now ? 'today' : undefined} sx={{ color: 'text.secondary' }}>{d.filled > 0 ? formatDuration(d.filled) : ''}</Box>)}
              <Box component="td" className="total" sx={{ color: 'text.secondary', fontWeight: '400 !important' }}>{formatDuration(grid.filled)}</Box>
            </tr>
          )}
          <tr>
            <Box component="th" scope="row" sx={{ color: 'text.secondary' }}>{t('grid.expected')}</Box>
            {grid.days.map((d) => <Box component="td" key={d.day} className={d.day === now ? 'today' : undefined} sx={{ color: d.missing > 0 && d.day < now ? 'warning.main' : 'text.secondary' }}>{d.expected ? formatDuration(d.expected) : '–'}</Box>)}
            <Box component="td" className="total" sx={{ color: 'text.secondary', fontWeight: '400 !important' }}>{formatDuration(grid.expected)}</Box>
          </tr>
        </tfoot>
      </Box>
      <Box sx={{ display: 'flex', justifyContent: 'space-between', gap: 4, px: 4, py: 2, color: 'text.secondary', minHeight: 36, borderTop: 1, borderColor: 'divider' }}>
        <Typography variant="body2" id="grid-keys">{t('grid.keys')}</Typography>
        <Typography variant="body2" role="status">{said}</Typography>
      </Box>
      {note && <NotePopover key={`${keyOf(note.row)} ${note.cell.day}`} note={note} week={weekOf(grid)} readOnly={Boolean(readOnly) || !note.cell.editable} onSaid={setSaid} onClose={() => setNote(null)} />}
    </Box>
  );
}

type CellProps = {
  row: TimeGridRow; cell: TimeCell; week: string; at: string; stop: boolean; today: boolean; readOnly: boolean; closed: boolean; locked: boolean;
  onFocus: () => void; onGo: (rows: number, cols: number) => void; onSaid: (text: string) => void; onNote: (anchor: HTMLElement) => void;
  onFill: (seconds: number) => void; onPin: () => void; onMove: (by: 1 | -1) => void;
};

function Cell({ row, cell, week, at, stop, today: isToday, readOnly, closed, locked, onFocus, onGo, onSaid, onNote, onFill, onPin, onMove }: CellProps) {
  const t = useT();
  const [set] = useSetCellMutation();
  const [text, setText] = useState<string | null>(null); // null: as kept
  const [error, setError] = useState('');
  const box = useRef<HTMLTableCellElement>(null);
  const fixed = readOnly || !cell.editable;
  const why = locked ? t('grid.locked') : closed ? t('grid.closed') : cell.timed ? t('grid.timed') : '';
  const name = t('grid.cell', { work: rowName(row), day: formatDayLong(cell.day) });

  /** Keeps what was typed. Says whether the cell holds it now. */
  const save = async (): Promise<boolean> => {
    if (text === null || fixed) return true;
    const seconds = text.trim() === '' ? 0 : parseDuration(text);
    if (seconds === null) {
      setError(t('grid.bad'));
      return false;
    }
    setError('');
    if (seconds === cell.seconds || shown(seconds) === shown(cell.seconds)) {
      setText(null);
      return true;
    }
    onSaid(t('grid.saving'));
    try {
      const kept = text;
      const done = set({ week, cell: { day: cell.day, ...cellOf(row), seconds, expected_seconds: cell.seconds, zone: browserZone() } }).unwrap();
      setText(shown(seconds));
      await done;
      setText((now) => (now === kept || now === shown(seconds) ? null : now));
      onSaid(t('grid.saved'));
      return true;
    } catch (e) {
      setText(text);
      setError(reasonText(e));
      onSaid(t('grid.failed'));
      return false;
    }
  };
  const fillOn = async () => {
    const seconds = text === null ? cell.seconds : (parseDuration(text) ?? 0);
    if ((await save()) && seconds > 0) onFill(seconds);
  };

  const key = (e: React.KeyboardEvent<HTMLInputElement>) => {
    const input = e.currentTarget;
    const whole = input.selectionStart === 0 && input.selectionEnd === input.value.length;
    const move = (rows: number, cols: number) => {
      e.preventDefault();
      onGo(rows, cols);
    };
    if (e.key === 'Enter' && e.shiftKey) {
      e.preventDefault();
      if (box.current) onNote(box.current);
    } else if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) {
      e.preventDefault();
      void fillOn();
    } else if (e.altKey && e.code === 'KeyP') {
      e.preventDefault();
      onPin();
    } else if (e.altKey && (e.key === 'ArrowUp' || e.key === 'ArrowDown')) {
      e.preventDefault();
      onMove(e.key === 'ArrowUp' ? -1 : 1);
    } else if (e.key === 'Enter') {
      void save();
      move(1, 0);
    } else if (e.key === 'ArrowDown') move(1, 0);
    else if (e.key === 'ArrowUp') move(-1, 0);
    else if (e.key === 'ArrowLeft' && (whole || input.selectionEnd === 0)) move(0, -1);
    else if (e.key === 'ArrowRight' && (whole || input.selectionStart === input.value.length)) move(0, 1);
    else if (e.key === 'Home' && e.ctrlKey) move(-1000, -7);
    else if (e.key === 'End' && e.ctrlKey) move(1000, 7);
    else if (e.key === 'Escape') {
      setText(null);
      setError('');
      input.select();
    }
  };

  return (
    <td ref={box} className={isToday ? 'cell today' : 'cell'}>
      <input
        data-at={at}
        aria-label={name}
        aria-invalid={error !== ''}
        readOnly={fixed}
        title={fixed && why ? why : undefined}
        tabIndex={stop ? 0 : -1}
        inputMode="text"
        autoComplete="off"
        value={text ?? shown(cell.seconds)}
        onFocus={(e) => { onFocus(); e.currentTarget.select(); }}
        onChange={(e) => setText(e.target.value)}
        onBlur={() => void save()}
        onKeyDown={key}
      />
      {error !== '' && <CellError anchor={box} text={error} />}
      {(cell.entries > 0 || cell.note) && (
        <IconButton size="small" tabIndex={-1} className={cell.note ? 'note has' : 'note'} aria-label={t('grid.note', { work: rowName(row), day: formatDayLong(cell.day) })} onClick={() => box.current && onNote(box.current)} sx={{ minWidth: '28px !important', minHeight: '28px !important', p: 0 }}>
          <NoteIcon sx={{ fontSize: 16 }} />
        </IconButton>
      )}
    </td>
  );
}
