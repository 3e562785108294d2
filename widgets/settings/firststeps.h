// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

class QLabel;
class QPushButton;

namespace zandb {

/// What is still to be done before the first night, step by step, each with what does it.  Hides itself once all is done.
class FirstSteps final : public QFrame
{
    Q_OBJECT
public:
    explicit FirstSteps(QWidget *parent = nullptr);
    struct State
    {
        int hosts = 0;
        int instances = 0;
        int tasks = 0;
        int headless = 0;
        bool operator==(const State &) const = default;
    };
    void setState(const State &state);
    void setForbidden(const QString &why);

Q_SIGNALS:
    void hostRequested();
    void taskRequested();

protected:
    void changeEvent(QEvent *event) override;

private:
    void retranslate();

    State m_state;
    QString m_forbidden;
    bool m_known = false;
    QLabel *m_title;
    QLabel *m_lines[4];
    QPushButton *m_host;
    QPushButton *m_task;
};

} // namespace zandb
