import './theme.css';
import { createTheme, MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiProblem } from '../api/call.ts';

/*
 * The content security policy allows no <style> in a page, as it cannot tell ours from an intruder's. So Mantine's variables and classes
 * come from its style sheet, and what would write a <style> is not used: responsive props such as `p={{ base: 'xs', sm: 'md' }}`,
 * `hiddenFrom`, Grid, SimpleGrid, AppShell, Flex with such props, and the scroll lock of Modal and Drawer. A CSS module does the same.
 */
const theme = createTheme({
  // The very colours are in look.css: these are the same, for what computes with them.
  colors: {
    brand: [
      '#eef7f3',
      '#d9ece4',
      '#b5dacb',
      '#8fc9b2',
      '#6ab698',
      '#48a07e',
      '#2f8767',
      '#216c52',
      '#1a5742',
      '#12392e',
    ],
  },
  primaryColor: 'brand',
  respectReducedMotion: true,
  components: {
    Modal: { defaultProps: { lockScroll: false } },
    Drawer: { defaultProps: { lockScroll: false } },
  },
});

/**
 * What the API refuses, it refuses again; whatever else went wrong is tried three times more. Without a network, what is asked or done fails
 * at once, as any other call does: it would otherwise wait without a word, and be done whenever the network is back.
 */
const queries = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (failures, error) => failures < 3 && !(error instanceof ApiProblem && error.status < 429),
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
});

/**
 * Puts an entry's content into its page, in the colours that the reader's system asks for. A page that the browser brings back from its
 * memory is loaded anew: it may have told of something that is over.
 */
export function mount(content: ReactNode): void {
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) location.reload();
  });
  const root = document.querySelector('#root');
  if (!root) throw new Error('the page has no #root');
  createRoot(root).render(
    <StrictMode>
      <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
        <QueryClientProvider client={queries}>{content}</QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
}
