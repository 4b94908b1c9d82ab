import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useEffect, type CSSProperties, type ReactNode, type Ref } from 'react';

type Props = {
  count: number;
  /** How high a row is before it has been measured. */
  size: number;
  /** Where the first row is, from the top of the page. */
  top: number;
  draw: (index: number, style: CSSProperties, measure: Ref<HTMLDivElement>) => ReactNode;
  /** Hears which row is the last in sight. */
  onLast: (index: number) => void;
};

/** The rows of a long table that are in sight, in a box as high as all of them. */
export function Windowed({ count, size, top, draw, onLast }: Props) {
  const v = useWindowVirtualizer({ count, estimateSize: () => size, overscan: 8, scrollMargin: top });
  const visible = v.getVirtualItems();
  const last = visible.at(-1)?.index ?? 0;
  useEffect(() => onLast(last), [last, onLast]);
  return (
    <div role="presentation" style={{ height: v.getTotalSize(), position: 'relative' }}>
      {visible.map((i) => draw(i.index, { position: 'absolute', insetInline: 0, top: 0, transform: `translateY(${i.start - top}px)` }, v.measureElement))}
    </div>
  );
}
