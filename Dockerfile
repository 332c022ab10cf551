FROM python:3.13-slim
WORKDIR /opt/taizhang
COPY requirements.txt .
RUN pip install --no-cache-dir --requirement requirements.txt
COPY . .
# Static files are made again at each start: the data folder holds nothing else on a machine with PostgreSQL.
RUN useradd --system taizhang && install -d -o taizhang /data
USER taizhang
CMD ["sh", "-c", "python manage.py collectstatic --no-input --verbosity 0 && exec python -m gunicorn -c config/gunicorn.py config.wsgi"]
