import type { Attachment } from 'svelte/attachments';

/** Sets a length through the style object, which a strict content policy allows; a `style` attribute it does not. */
export function sized(property: 'block-size' | 'inset-block-start', pixels: number): Attachment<HTMLElement> {
  return (node) => {
    node.style.setProperty(property, `${pixels}px`);
  };
}
