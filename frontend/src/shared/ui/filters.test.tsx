import { act, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SearchField } from './filters';

describe('SearchField', () => {
  beforeEach(() => { vi.useFakeTimers(); });
  afterEach(() => { vi.useRealTimers(); });

  it('searches a moment after the last key', () => {
    const onChange = vi.fn();
    render(<SearchField value="" onChange={onChange} label="Search" />);
    const field = screen.getByLabelText('Search');
    fireEvent.change(field, { target: { value: 'ac' } });
    act(() => { vi.advanceTimersByTime(200); });
    fireEvent.change(field, { target: { value: 'acme' } });
    act(() => { vi.advanceTimersByTime(200); });
    expect(onChange).not.toHaveBeenCalled();
    act(() => { vi.advanceTimersByTime(100); });
    expect(onChange.mock.calls).toEqual([['acme']]);
  });

  it('searches at once when the field is left, and never after', () => {
    const onChange = vi.fn();
    render(<SearchField value="" onChange={onChange} label="Search" />);
    const field = screen.getByLabelText('Search');
    fireEvent.change(field, { target: { value: 'acme' } });
    fireEvent.blur(field);
    expect(onChange.mock.calls).toEqual([['acme']]);
    act(() => { vi.advanceTimersByTime(1000); });
    expect(onChange).toHaveBeenCalledTimes(1);
  });
});
