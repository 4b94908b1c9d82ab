import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import ButtonBase from '@mui/material/ButtonBase';
import IconButton from '@mui/material/IconButton';
import PlayIcon from '@mui/icons-material/PlayArrowRounded';
import StopIcon from '@mui/icons-material/StopRounded';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useTimerDiscardMutation, useTimerGetQuery, useTimerKeepMutation, useTimerStartMutation, useTimerStopMutation, type TimerView } from '../../shared/api/gen/time.gen';
import { codeOf } from '../../shared/api/problem';
import { useCommand } from '../../shared/lib/commands';
import { formatClock, formatDuration } from '../../shared/lib/duration';
import { mayRead, useCan, useMe } from '../../shared/lib/me';
import { browserZone } from '../../shared/lib/zones';
import { BottomSheet, ConfirmDialog } from '../../shared/ui/dialogs';
import { toast } from '../../shared/ui/Toast';
import { later } from '../../shared/ui/later';
import type { Answer } from './components/Forgotten';
import type { Started } from './components/TimerForm';
import { useSecondsSince, workName } from './model';
import { useT } from './locales/en';

const Forgotten = later(async () => (await import('./components/Forgotten')).Forgotten);
const RunningForm = later(async () => (await import('./components/RunningForm')).RunningForm);
const TimerForm = later(async () => (await import('./components/TimerForm')).TimerForm);

type Open = 'start' | 'edit' | 'discard' | 'forgotten' | null;

/** The timer in the header of every page; on phones a bar above the navigation while it runs. */
export function TimerSlot({ place }: { place: 'header' | 'bar' }) {
  const can = useCan();
  const reads = mayRead(useMe());
  return reads && can('timesheets.entries.write') ? <Timer place={place} /> : null;
}

function Timer({ place }: { place: 'header' | 'bar' }) {
  const t = useT();
  const navigate = useNavigate();
  const { data } = useTimerGetQuery();
  const timer = data?.timer;
  const [start] = useTimerStartMutation();
  const [stop, stopping] = useTimerStopMutation();
  const [discard] = useTimerDiscardMutation();
  const [stillWorking] = useTimerKeepMutation();
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);

  const stopAt = async (how: { ended_at?: string; whole?: boolean }) => {
    const e = await stop({ timerStop: how }).unwrap();
    toast(t('stopped', { time: e.seconds < 60 ? `${e.seconds} s` : formatDuration(e.seconds), project: workName(e) }));
    close();
  };
  const end = async () => {
    try {
      await stopAt({});
    } catch (x) {
      if (codeOf(x) === 'timesheets.timer_forgotten') setOpen('forgotten');
      else toast.failed(x);
    }
  };
  const answer = async (a: Answer) => {
    if ('endedAt' in a) return stopAt({ ended_at: a.endedAt });
    if ('whole' in a) return stopAt({ whole: true });
    await stillWorking().unwrap();
    toast(t('runsOn'));
    return close();
  };
  const begin = async ({ work, note, billable }: Started) => {
    try {
      await start({ timerStart: { project_id: work.projectId, task_id: work.taskId || undefined, note, billable, zone: browserZone() } }).unwrap();
      close();
    } catch (x) {
      if (codeOf(x) !== 'timesheets.timer_forgotten') throw x;
      setOpen('forgotten'); // what ran until now comes first
    }
  };
  useCommand('timer.toggle', () => (timer ? void end() : setOpen('start')));
  useCommand('time.log', () => void navigate('/time?log=1'));

  return (
    <>
      {timer ? (
        <Running timer={timer} place={place} busy={stopping.isLoading} onOpen={(asks) => setOpen(asks ? 'forgotten' : 'edit')} onStop={() => void end()} />
      ) : (
        place === 'header' && <Button variant="outlined" color="inherit" startIcon={<PlayIcon />} onClick={() => setOpen('start')} sx={{ borderColor: 'divider' }}>{t('start')}</Button>
      )}
      <BottomSheet open={open === 'start'} title={timer ? t('switchTitle') : t('newTitle')} onClose={close}><TimerForm onStart={begin} /></BottomSheet>
      {timer && (
        <>
          <BottomSheet open={open === 'edit'} title={t('title')} onClose={close}>
            <RunningForm key={timer.version} timer={timer} onDone={close} onSwitch={() => setOpen('start')} onDiscard={() => setOpen('discard')} />
          </BottomSheet>
          <BottomSheet open={open === 'forgotten'} title={t('title')} onClose={close}><Forgotten timer={timer} onAnswer={answer} onDiscard={() => setOpen('discard')} /></BottomSheet>
          <Discard open={open === 'discard'} timer={timer} onClose={close} onConfirm={async () => { await discard().unwrap(); toast(t('discarded')); }} />
        </>
      )}
    </>
  );
}

type RunningProps = { timer: TimerView; place: 'header' | 'bar'; busy: boolean; onOpen: (asks: boolean) => void; onStop: () => void };

function Running({ timer, place, busy, onOpen, onStop }: RunningProps) {
  const t = useT();
  const seconds = useSecondsSince(timer.started_at);
  const bar = place === 'bar';
  const asks = Date.parse(timer.started_at) + seconds * 1000 >= Date.parse(timer.asks_at);
  const colour = asks ? 'warning.main' : 'primary.main';
  const what = [workName(timer), timer.note].filter(Boolean).join(' · ');
  return (
    <Box
      role="group"
      aria-label={t('running', { what })}
      sx={{
        display: 'flex', alignItems: 'center', gap: 1, bgcolor: 'background.paper', border: 1, borderColor: colour, minWidth: 0,
        ...(bar ? { borderWidth: '1px 0 0', px: 4, minHeight: 56 } : { borderRadius: 1, pl: 3, pr: 0.5, height: 38, maxWidth: 420 }),
      }}
    >
      <Box aria-hidden sx={{ width: 8, height: 8, borderRadius: '50%', bgcolor: colour, flexShrink: 0 }} />
      <ButtonBase onClick={() => onOpen(asks)} aria-label={`${t(asks ? 'asks' : 'edit')}: ${what}`} sx={{ flex: 1, minWidth: 0, justifyContent: 'flex-start', font: 'inherit', gap: 3, px: 1, minHeight: bar ? 44 : 32, borderRadius: 0.5, '&.Mui-focusVisible': { outline: '2px solid', outlineColor: 'primary.main' } }}>
        <Box sx={{ minWidth: 0, flex: 1, textAlign: 'start' }}>
          <Box sx={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap', fontWeight: 560 }}>
            {asks && <Box component="span" sx={{ color: 'warning.main' }}>{t('asks')} </Box>}
            {workName(timer)}
            {!bar && timer.note && <Box component="span" sx={{ color: 'text.secondary', fontWeight: 400 }}> · {timer.note}</Box>}
          </Box>
          {bar && timer.note && <Box sx={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap', color: 'text.secondary', fontSize: 12 }}>{timer.note}</Box>}
        </Box>
        <Box role="timer" aria-live="off" sx={{ fontVariantNumeric: 'tabular-nums', fontWeight: 650, minWidth: 60, textAlign: 'end' }}>{formatClock(seconds)}</Box>
      </ButtonBase>
      <IconButton color="primary" size={bar ? 'medium' : 'small'} aria-label={t('stop')} onClick={onStop} disabled={busy}><StopIcon /></IconButton>
    </Box>
  );
}

function Discard({ open, timer, onClose, onConfirm }: { open: boolean; timer: TimerView; onClose: () => void; onConfirm: () => Promise<unknown> }) {
  const t = useT();
  const seconds = useSecondsSince(open ? timer.started_at : undefined);
  return <ConfirmDialog open={open} danger title={t('discardTitle')} text={t('discardText', { time: formatClock(seconds), project: workName(timer) })} confirmLabel={t('discard')} onConfirm={onConfirm} onClose={onClose} />;
}
