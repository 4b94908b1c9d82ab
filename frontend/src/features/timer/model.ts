import { useEffect, useState } from 'react';

/** Seconds since an instant of the server, new every second while on. */
export function useSecondsSince(start: string | undefined): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!start) return undefined;
    setNow(Date.now());
    const h = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(h);
  }, [start]);
  return start ? Math.max(0, Math.floor((now - Date.parse(start)) / 1000)) : 0;
}

type Named = { project_code: string; project_name: string; task_name: string; note: string };

/** 'Website · Design' and the note, for one line. */
export const workName = (w: Pick<Named, 'project_name' | 'task_name'>): string => [w.project_name, w.task_name].filter(Boolean).join(' · ');
