-- SPDX-License-Identifier: GPL-3.0-or-later
-- A believable web shop for the sandbox's servers; the same text runs on MariaDB 10.6+ and MySQL 8+.
-- @schema@, @scale@ (percent), @legacy_engine@ and @shop_password@ are filled in by packaging/sandbox.
-- Numbers come from CRC32 of counters: the same data every time, spread as if by chance.
SET NAMES utf8mb4;
SET SESSION foreign_key_checks = 0;
SET SESSION unique_checks = 0;

CREATE DATABASE @schema@ CHARACTER SET utf8mb4;
CREATE DATABASE seed_scratch;
USE @schema@;

CREATE TABLE seed_scratch.digit (d INT PRIMARY KEY);
INSERT INTO seed_scratch.digit VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9);
CREATE TABLE seed_scratch.n (n INT PRIMARY KEY);
INSERT INTO seed_scratch.n
SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d + 100000 * g.d AS n
FROM seed_scratch.digit a, seed_scratch.digit b, seed_scratch.digit c, seed_scratch.digit e, seed_scratch.digit f, seed_scratch.digit g
WHERE g.d < 4 ORDER BY n;

CREATE TABLE category (
    id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    parent_id INT NULL,
    name VARCHAR(80) NOT NULL,
    UNIQUE KEY category_name (name),
    CONSTRAINT category_parent FOREIGN KEY (parent_id) REFERENCES category (id)
);
INSERT INTO category (id, parent_id, name) VALUES
    (1, NULL, 'Home'), (2, NULL, 'Outdoor'), (3, NULL, 'Books'), (4, NULL, 'Electronics'), (5, 1, 'Kitchen'), (6, 1, 'Lighting'),
    (7, 1, 'Textiles'), (8, 2, 'Camping'), (9, 2, 'Cycling'), (10, 2, 'Climbing'), (11, 3, 'Novels'), (12, 3, 'Cookbooks'),
    (13, 3, '中文图书'), (14, 4, 'Audio'), (15, 4, 'Cameras'), (16, 4, 'Cables & chargers'), (17, 5, 'Knives'), (18, 5, 'Cafés & thé'),
    (19, 8, 'Tents'), (20, 8, 'Stoves 🔥');

CREATE TABLE customer (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    email VARCHAR(190) NOT NULL,
    name VARCHAR(120) NOT NULL,
    street VARCHAR(120) NOT NULL,
    city VARCHAR(80) NOT NULL,
    country CHAR(2) NOT NULL,
    joined DATE NOT NULL,
    newsletter TINYINT NOT NULL DEFAULT 0,
    preferences JSON NULL,
    UNIQUE KEY customer_email (email),
    KEY customer_country (country, joined)
);
INSERT INTO customer (email, name, street, city, country, joined, newsletter, preferences)
SELECT CONCAT(LOWER(ELT(1 + CRC32(n) % 12, 'anna', 'jonas', 'marie', 'li', 'wei', 'sofia', 'amir', 'olga', 'ken', 'lucia', 'tom', 'zoe')), '.', n, '@',
              ELT(1 + CRC32(CONCAT('m', n)) % 4, 'example.org', 'example.com', 'example.net', 'mail.example')),
       CONCAT(ELT(1 + CRC32(n) % 12, 'Anna', 'Jonas', 'Marie', '李', '伟', 'Sofía', 'Amir', 'Ольга', '健', 'Lucía', 'Tom', 'Zoë'), ' ',
              ELT(1 + CRC32(CONCAT('s', n)) % 12, 'Müller', 'Nowak', 'García', '王', '陈', 'Øst', 'Haddad', 'Иванова', '田中', 'Rossi', 'O''Neill', 'Dvořák')),
       CONCAT(ELT(1 + CRC32(CONCAT('t', n)) % 6, 'Hauptstraße', 'Rue de la Paix', 'Main Street', '南京路', 'Calle Mayor', 'ulica Długa'), ' ', 1 + n % 180),
       ELT(1 + CRC32(CONCAT('c', n)) % 10, 'Berlin', 'Paris', 'Dublin', '上海', 'Madrid', 'Warszawa', 'Zürich', 'Tokyo', 'Oslo', 'Praha'),
       ELT(1 + CRC32(CONCAT('c', n)) % 10, 'DE', 'FR', 'IE', 'CN', 'ES', 'PL', 'CH', 'JP', 'NO', 'CZ'),
       DATE_ADD('2019-01-01', INTERVAL CRC32(CONCAT('j', n)) % 2400 DAY), CRC32(CONCAT('w', n)) % 3 = 0,
       IF(n % 4 = 0, JSON_OBJECT('language', ELT(1 + n % 5, 'de', 'fr', 'en', 'zh', 'es'), 'currency', 'EUR', 'dark', n % 8 = 0), NULL)
FROM seed_scratch.n WHERE n < 360 * @scale@;

CREATE TABLE product (
    id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    sku CHAR(10) NOT NULL,
    category_id INT NOT NULL,
    name VARCHAR(160) NOT NULL,
    price DECIMAL(10,2) NOT NULL,
    stock INT NOT NULL,
    attributes JSON NOT NULL,
    colour VARCHAR(20) GENERATED ALWAYS AS (JSON_UNQUOTE(JSON_EXTRACT(attributes, '$.colour'))) VIRTUAL,
    description TEXT NOT NULL,
    UNIQUE KEY product_sku (sku),
    KEY product_category (category_id, price),
    CONSTRAINT product_category FOREIGN KEY (category_id) REFERENCES category (id)
);
INSERT INTO product (sku, category_id, name, price, stock, attributes, description)
SELECT CONCAT('P', LPAD(n, 9, '0')), 5 + CRC32(CONCAT('k', n)) % 16,
       CONCAT(ELT(1 + n % 8, 'Sturdy', 'Light', 'Classic', 'Folding', 'Quiet', '便携', 'Élégant', 'Solar'), ' ',
              ELT(1 + CRC32(n) % 10, 'kettle', 'lamp', 'tent', 'knife', 'headphones', '茶壶', 'novel', 'blanket', 'charger', 'stove'), ' ', n),
       1 + CRC32(CONCAT('p', n)) % 40000 / 100, CRC32(CONCAT('q', n)) % 500,
       JSON_OBJECT('colour', ELT(1 + n % 6, 'red', 'green', 'blue', 'black', 'white', 'orange'), 'weight_g', 50 + CRC32(CONCAT('g', n)) % 9000,
                   'tags', JSON_ARRAY(ELT(1 + n % 3, 'new', 'sale', 'gift'), ELT(1 + n % 4, '🎁', '⭐', '🌿', '🔋')),
                   'size', JSON_OBJECT('w', n % 90, 'h', n % 70, 'd', n % 50)),
       REPEAT(CONCAT('Made for daily use; ', SHA2(n, 224), '. Für jeden Tag. '), 1 + n % 6)
FROM seed_scratch.n WHERE n < 50 * @scale@;

CREATE TABLE product_picture (
    product_id INT NOT NULL,
    position SMALLINT NOT NULL,
    taken DATETIME(6) NOT NULL,
    picture MEDIUMBLOB NOT NULL,
    PRIMARY KEY (product_id, position),
    CONSTRAINT picture_product FOREIGN KEY (product_id) REFERENCES product (id)
);
INSERT INTO product_picture
SELECT n + 1, 1, DATE_ADD('2025-01-01 08:00:00.123456', INTERVAL n MINUTE),
       CONCAT(RANDOM_BYTES(1024), RANDOM_BYTES(1024), RANDOM_BYTES(1024), RANDOM_BYTES(1024))
FROM seed_scratch.n WHERE n < 20 * @scale@;

CREATE TABLE orders (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    customer_id BIGINT NOT NULL,
    placed DATETIME NOT NULL,
    status ENUM('open', 'paid', 'sent', 'returned', 'cancelled') NOT NULL DEFAULT 'open',
    total DECIMAL(12,2) NOT NULL DEFAULT 0,
    note VARCHAR(200) NULL,
    KEY order_customer (customer_id, placed),
    KEY order_placed (placed),
    CONSTRAINT order_customer FOREIGN KEY (customer_id) REFERENCES customer (id)
);
INSERT INTO orders (id, customer_id, placed, status, total, note)
SELECT n + 1, 1 + CRC32(CONCAT('oc', n)) % (360 * @scale@), DATE_ADD('2025-01-01', INTERVAL n * 5 MINUTE),
       ELT(1 + CRC32(CONCAT('os', n)) % 10, 'paid', 'sent', 'sent', 'sent', 'sent', 'sent', 'sent', 'returned', 'cancelled', 'open'), 0,
       IF(n % 9 = 0, ELT(1 + n % 4, 'Bitte klingeln', '请放门口', 'gift 🎁', 'leave with neighbour'), NULL)
FROM seed_scratch.n WHERE n < 1000 * @scale@;

CREATE TABLE order_item (
    order_id BIGINT NOT NULL,
    line TINYINT NOT NULL,
    product_id INT NOT NULL,
    quantity SMALLINT NOT NULL,
    price DECIMAL(10,2) NOT NULL,
    PRIMARY KEY (order_id, line),
    KEY item_product (product_id),
    CONSTRAINT item_order FOREIGN KEY (order_id) REFERENCES orders (id),
    CONSTRAINT item_product FOREIGN KEY (product_id) REFERENCES product (id),
    CONSTRAINT item_quantity CHECK (quantity > 0)
);
INSERT INTO order_item
SELECT n + 1, d + 1, 1 + CRC32(CONCAT('ip', n, d)) % (50 * @scale@), 1 + n % 3, 1 + CRC32(CONCAT('p', n, d)) % 40000 / 100
FROM seed_scratch.n JOIN seed_scratch.digit ON d < 1 + CRC32(CONCAT('il', n)) % 4
WHERE n < 1000 * @scale@ ORDER BY n, d;
UPDATE orders JOIN (SELECT order_id, SUM(quantity * price) AS s FROM order_item GROUP BY order_id) i ON i.order_id = orders.id SET total = i.s;

CREATE TABLE review (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    product_id INT NOT NULL,
    customer_id BIGINT NOT NULL,
    stars TINYINT NOT NULL,
    written DATETIME NOT NULL,
    body TEXT NOT NULL,
    KEY review_product (product_id, stars),
    CONSTRAINT review_product FOREIGN KEY (product_id) REFERENCES product (id),
    CONSTRAINT review_customer FOREIGN KEY (customer_id) REFERENCES customer (id)
);
INSERT INTO review (product_id, customer_id, stars, written, body)
SELECT 1 + CRC32(CONCAT('rp', n)) % (50 * @scale@), 1 + CRC32(CONCAT('rc', n)) % (360 * @scale@), 1 + CRC32(CONCAT('rs', n)) % 5,
       DATE_ADD('2025-02-01', INTERVAL n * 11 MINUTE),
       CONCAT(ELT(1 + n % 8, 'Love it 😍 ', '质量很好，发货快。', 'Sehr zufrieden, größer als gedacht. ', 'Pas mal, mais un peu cher… ', '👎 broke after a week. ',
                  'とても良いです。', 'Отличный товар! ', 'Works as described. '),
              REPEAT(ELT(1 + CRC32(n) % 6, 'I use it every day at work and on the road. ', '朋友推荐的，果然没有失望。', 'Die Farbe weicht leicht ab. ',
                         'Livraison rapide, emballage soigné. ', 'Would buy again 👍🏽. ', 'The manual could be better. '), 1 + n % 5), SHA2(n, 224))
FROM seed_scratch.n WHERE n < 450 * @scale@;

-- No primary key: as found in the wild.
CREATE TABLE page_view (
    at DATETIME(3) NOT NULL,
    session_id BINARY(16) NOT NULL,
    path VARCHAR(200) NOT NULL,
    ms INT NOT NULL,
    KEY view_at (at)
);
INSERT INTO page_view
SELECT DATE_ADD('2026-01-01', INTERVAL n * 700 * 1000 MICROSECOND), UNHEX(LEFT(SHA2(n DIV 7, 256), 32)), CONCAT('/product/', 1 + CRC32(CONCAT('v', n)) % (50 * @scale@)),
       5 + CRC32(n) % 900
FROM seed_scratch.n WHERE n < 900 * @scale@;

CREATE TABLE legacy_stock (
    warehouse CHAR(3) NOT NULL,
    sku CHAR(10) NOT NULL,
    counted DATE NOT NULL,
    pieces INT NOT NULL,
    PRIMARY KEY (warehouse, sku)
) ENGINE=@legacy_engine@ DEFAULT CHARSET=latin1;
INSERT INTO legacy_stock
SELECT ELT(1 + d, 'BER', 'PAR', 'SHA'), CONCAT('P', LPAD(n, 9, '0')), '2024-12-31', CRC32(CONCAT(n, d)) % 400
FROM seed_scratch.n JOIN seed_scratch.digit ON d < 3 WHERE n < 50 * @scale@;

CREATE TABLE price_history (
    product_id INT NOT NULL,
    changed DATETIME NOT NULL,
    old_price DECIMAL(10,2) NOT NULL,
    new_price DECIMAL(10,2) NOT NULL,
    PRIMARY KEY (product_id, changed)
) PARTITION BY RANGE (TO_DAYS(changed)) (
    PARTITION p2024 VALUES LESS THAN (TO_DAYS('2025-01-01')),
    PARTITION p2025 VALUES LESS THAN (TO_DAYS('2026-01-01')),
    PARTITION rest VALUES LESS THAN MAXVALUE
);
INSERT INTO price_history
SELECT 1 + n % (50 * @scale@), DATE_ADD('2024-03-01', INTERVAL n MINUTE), 1 + CRC32(n) % 9000 / 100, 1 + CRC32(-n) % 9000 / 100
FROM seed_scratch.n WHERE n < 200 * @scale@;

CREATE VIEW best_seller AS
    SELECT p.id, p.name, c.name AS category, SUM(i.quantity) AS pieces, SUM(i.quantity * i.price) AS turnover
    FROM order_item i JOIN product p ON p.id = i.product_id JOIN category c ON c.id = p.category_id GROUP BY p.id, p.name, c.name;
CREATE VIEW customer_value AS
    SELECT c.id, c.name, c.country, COUNT(o.id) AS orders, COALESCE(SUM(o.total), 0) AS total
    FROM customer c LEFT JOIN orders o ON o.customer_id = c.id AND o.status <> 'cancelled' GROUP BY c.id, c.name, c.country;

DELIMITER //
CREATE FUNCTION net_price(gross DECIMAL(10,2), country CHAR(2)) RETURNS DECIMAL(10,2) DETERMINISTIC NO SQL
    RETURN ROUND(gross / (1 + CASE country WHEN 'DE' THEN 0.19 WHEN 'FR' THEN 0.20 WHEN 'CH' THEN 0.081 ELSE 0.21 END), 2)//

CREATE PROCEDURE place_order(IN who BIGINT, IN first_product INT, IN lines_wanted INT)
BEGIN
    DECLARE l INT DEFAULT 0;
    DECLARE made BIGINT;
    START TRANSACTION;
    INSERT INTO orders (customer_id, placed) VALUES (who, UTC_TIMESTAMP());
    SET made = LAST_INSERT_ID();
    WHILE l < lines_wanted DO
        SET l = l + 1;
        INSERT INTO order_item SELECT made, l, p.id, 1 + (who + l) % 3, p.price FROM product p WHERE p.id = first_product + l - 1;
    END WHILE;
    UPDATE orders SET status = 'paid', total = COALESCE((SELECT SUM(quantity * price) FROM order_item WHERE order_id = made), 0) WHERE id = made;
    COMMIT;
END//

CREATE TRIGGER order_item_takes_stock AFTER INSERT ON order_item FOR EACH ROW
    UPDATE product SET stock = IF(stock > NEW.quantity, stock - NEW.quantity, stock + 500) WHERE id = NEW.product_id//
CREATE TRIGGER product_price_kept AFTER UPDATE ON product FOR EACH ROW
BEGIN
    IF NEW.price <> OLD.price THEN
        INSERT IGNORE INTO price_history VALUES (NEW.id, UTC_TIMESTAMP(), OLD.price, NEW.price);
    END IF;
END//

CREATE EVENT forget_page_views ON SCHEDULE EVERY 1 HOUR ON COMPLETION PRESERVE DO
    DELETE FROM page_view WHERE at > '2026-06-01' AND at < UTC_TIMESTAMP() - INTERVAL 7 DAY LIMIT 5000//
CREATE EVENT close_old_orders ON SCHEDULE EVERY 10 MINUTE ON COMPLETION PRESERVE COMMENT 'what nobody paid within 30 days' DO
    UPDATE orders SET status = 'cancelled' WHERE status = 'open' AND placed < UTC_TIMESTAMP() - INTERVAL 30 DAY ORDER BY id LIMIT 500//
DELIMITER ;

CREATE ROLE @schema@_reader;
GRANT SELECT ON @schema@.* TO @schema@_reader;
CREATE USER shop_app@localhost IDENTIFIED BY '@shop_password@';
GRANT SELECT, INSERT, UPDATE, DELETE, EXECUTE, CREATE TEMPORARY TABLES ON @schema@.* TO shop_app@localhost;
CREATE USER shop_report@'127.%' IDENTIFIED BY '@shop_password@';
GRANT @schema@_reader TO shop_report@'127.%';

DROP DATABASE seed_scratch;
