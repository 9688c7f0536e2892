"""The report of a search: one page of HTML from the events of tensorop-tune.

    python3 -m tensorop.report events.jsonl -o report.html

`events` reads and checks the file, `analysis` computes what the page says,
`figures` draws it with plotly, `page` writes it; the page needs no network.
"""
