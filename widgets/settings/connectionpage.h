// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QBoxLayout;
class QCheckBox;
class QComboBox;
class QFormLayout;
class QFrame;
class QHBoxLayout;
class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;

namespace zandb {

class Dialogs;

/// What a person says about the metadata store; becomes a profile.
struct ConnectionForm
{
    QString profile = QStringLiteral("default");
    bool production = false;
    QString host = QStringLiteral("127.0.0.1");
    int port = 3306;
    QString user;
    QString password;        ///< empty: the one already kept
    bool inKeychain = true;  ///< else in a file only its owner may read
    QString schema = QStringLiteral("zandb");
    QString tls = QStringLiteral("auto"); ///< "auto", "required", "off"
    QString tlsCa;
    QString sshKey; ///< the person's private key; empty: what ssh-agent holds
};

/// First start, and whenever the store cannot be entered: where the store is, tried before it is kept; and what to do
/// when there is none yet.
class ConnectionPage final : public QWidget
{
    Q_OBJECT
public:
    /// `dialogs` outlives it.
    explicit ConnectionPage(Dialogs &dialogs, QWidget *parent = nullptr);
    void setForm(const ConnectionForm &form);
    ConnectionForm form() const;
    /// While something is tried, nothing else can be.
    void setBusy(bool busy);
    void showGood(const QString &text);
    /// What happened, and what to do.
    void showTrouble(const QString &text, const QString &advice);
    /// There is something to go back to: a button and Esc lead there.
    void setMayLeave(bool may);

Q_SIGNALS:
    void testRequested();
    void saveRequested();
    /// Wants the store's schema made on the server of the form.
    void createRequested();
    void leaveRequested();

protected:
    void changeEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    /// `kind`: the name the style knows the frame by.
    void showResult(const QString &kind, const QString &text, const QString &advice);
    void retranslate();
    void checkComplete();
    void finish();
    QHBoxLayout *withBrowse(QLineEdit *edit, QPushButton *browse);

    Dialogs &m_dialogs;
    QLabel *m_title;
    QLabel *m_intro;
    QFormLayout *m_rows;
    QBoxLayout *m_columns = nullptr;
    QList<QFrame *> m_beside; ///< the cards beside the form, or below it
    QLineEdit *m_profile;
    QLineEdit *m_host;
    QSpinBox *m_port;
    QLineEdit *m_user;
    QLineEdit *m_password;
    QComboBox *m_keep;
    QLineEdit *m_schema;
    QComboBox *m_tls;
    QLineEdit *m_ca;
    QPushButton *m_caBrowse;
    QLineEdit *m_key;
    QPushButton *m_keyBrowse;
    QCheckBox *m_production;
    QFrame *m_result;
    QLabel *m_resultText;
    QLabel *m_resultAdvice;
    QPushButton *m_test;
    QPushButton *m_save;
    QPushButton *m_leave;
    QPushButton *m_create;
    QLabel *m_elseTitle;
    QLabel *m_elseText;
    QLabel *m_newTitle;
    QLabel *m_newText;
    QLabel *m_nextText;
    QWidget *m_missing = nullptr; ///< the field to fill in next
    bool m_busy = false;
};

} // namespace zandb
