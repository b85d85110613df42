"""The desk: a local web app in which a person reads the record.

    serving.py     starts it: whowhom.serve, `whowhom serve`
    app.py         the addresses, and what happens when something goes wrong
    guarding.py    who is let in, and the headers every answer carries
    filters.py     what a query string may ask for; pages, exports and API share it
    columns.py     the columns of the table of incidents, in the page, in exports and in the API
    queries.py     the SQL; nothing else here asks the store
    reading.py     the store, read by many threads, with a limit of time
    rendering.py   templates, and the words in which values are shown
    marking.py     an article's text with the words of its events marked
    pages/         one module a page; templates/ has one template a page

A page is a function from a request to a response. It reads filters, asks queries, fills a template.
"""
