-- SPDX-License-Identifier: GPL-3.0-or-later
-- A second schema beside the shop's, of another kind: measurements, few wide tables, Aria and InnoDB.  MariaDB only.
CREATE DATABASE metrics CHARACTER SET utf8mb4;
USE metrics;
CREATE TABLE sensor (
    id INT NOT NULL PRIMARY KEY,
    place VARCHAR(80) NOT NULL,
    unit VARCHAR(12) NOT NULL,
    installed DATE NOT NULL
);
INSERT INTO sensor SELECT seq, CONCAT(ELT(1 + seq % 4, 'Hall ', 'Dach ', '仓库 ', 'Étage '), seq), ELT(1 + seq % 3, '°C', '%', 'kWh'), '2024-05-01'
FROM seq_1_to_200;
CREATE TABLE reading (
    sensor_id INT NOT NULL,
    at DATETIME NOT NULL,
    value DOUBLE NOT NULL,
    PRIMARY KEY (sensor_id, at),
    KEY reading_at (at),
    CONSTRAINT reading_sensor FOREIGN KEY (sensor_id) REFERENCES sensor (id)
);
INSERT INTO reading
SELECT s.seq, DATE_ADD('2026-01-01', INTERVAL t.seq * 15 MINUTE), 20 + 5 * SIN(t.seq / 96) + CRC32(CONCAT(s.seq, ':', t.seq)) % 100 / 50
FROM seq_1_to_200 s JOIN seq_1_to_1000 t ORDER BY s.seq, t.seq;
CREATE TABLE daily (
    day DATE NOT NULL,
    sensor_id INT NOT NULL,
    low DOUBLE NOT NULL,
    high DOUBLE NOT NULL,
    PRIMARY KEY (day, sensor_id)
) ENGINE=Aria;
INSERT INTO daily SELECT DATE(at), sensor_id, MIN(value), MAX(value) FROM reading GROUP BY DATE(at), sensor_id;
