// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/common/look.h"

#include <QFrame>
#include <QLabel>
#include <QTimer>
#include <QWidget>

class QHBoxLayout;
class QPushButton;
class QToolButton;

namespace zandb {

/// Says what would fill an empty page, and offers it.
class EmptyState final : public QWidget
{
    Q_OBJECT
public:
    explicit EmptyState(const QString &icon, QWidget *parent = nullptr);
    /// An empty `action` hides the button.
    void setTexts(const QString &title, const QString &text, const QString &action = {});

Q_SIGNALS:
    void actionRequested();

protected:
    void changeEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void showEvent(QShowEvent *event) override;

private:
    void fitText();
    void drawIcon();
    QString m_icon;
    QLabel *m_picture;
    QLabel *m_title;
    QLabel *m_text;
    QPushButton *m_action;
};

/// Grey lines where rows will be; shown over its parent, only when loading takes longer than 150 ms.
class Skeleton final : public QWidget
{
    Q_OBJECT
public:
    explicit Skeleton(QWidget *over);
    void setLoading(bool loading);

protected:
    void paintEvent(QPaintEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    QTimer m_delay;
};

/// What went wrong, across the page.
class Banner final : public QFrame
{
    Q_OBJECT
public:
    explicit Banner(QWidget *parent = nullptr);
    /// Hidden while both texts are empty; the button while `action` is.
    void setTexts(const QString &text, const QString &detail, const QString &action = {});
    QString text() const { return m_text->text(); }

Q_SIGNALS:
    void actionRequested();

private:
    QLabel *m_text;
    QLabel *m_detail;
    QPushButton *m_action;
};

/// One count of the board: icon, number, word; checkable where it filters.
class Chip final : public QWidget
{
    Q_OBJECT
public:
    explicit Chip(Look look, QWidget *parent = nullptr);
    void setCount(int count);
    void setWord(const QString &word);
    int count() const { return m_count; }
    Look look() const { return m_look; }
    void setChecked(bool checked);
    bool isChecked() const { return m_checked; }
    QSize sizeHint() const override;

Q_SIGNALS:
    void clicked();

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void enterEvent(QEnterEvent *event) override;
    void leaveEvent(QEvent *event) override;

private:
    Look m_look;
    QString m_word;
    int m_count = 0;
    bool m_checked = false;
    bool m_hovered = false;
};

/// "Backups > db1 > my3306"; each part can be clicked.  Long names are cut in their middle where there is no room for them.
class Breadcrumb final : public QWidget
{
    Q_OBJECT
public:
    explicit Breadcrumb(QWidget *parent = nullptr);
    void setParts(const QStringList &parts);
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void partClicked(int number);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void fit();
    QHBoxLayout *m_layout;
    QStringList m_parts;
    QList<QToolButton *> m_buttons;
};

} // namespace zandb
