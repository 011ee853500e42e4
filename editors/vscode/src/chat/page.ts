/** The HTML of the chat view's page: nothing but its own script and style may run in it, and nothing is fetched. */

export interface Sources {
  readonly script: string;
  readonly style: string;
  /** Where VS Code serves the extension's files from, as a source of a content security policy. */
  readonly origin: string;
  readonly nonce: string;
}

export function page({ script, style, origin, nonce }: Sources): string {
  const policy = `default-src 'none'; style-src ${origin}; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${style}">
<title>Chat</title>
</head>
<body>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>
`;
}
