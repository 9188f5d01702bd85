using Ebb.Core.Settings;

namespace Ebb.Engine.Settings;

/// <summary>What a message looks like.</summary>
internal enum AlertForm
{
    Json,
    Slack,
    Discord,
    Ntfy,
}

/// <summary>
/// <c>Alerts__Webhooks__0 = [json|slack|discord|ntfy=]https://…</c>. The address is a secret: whoever has it may speak
/// there.
/// </summary>
internal sealed record AlertTarget(AlertForm Form, Uri Url)
{
    private const int Most = 8;

    public static IReadOnlyList<AlertTarget> Read(SettingsReader reader)
    {
        List<AlertTarget> targets = [];
        foreach (var (path, value) in reader.Items("Alerts__Webhooks", Most))
        {
            var (form, address) =
                value.Split('=', 2) is [var word, var rest]
                && Enum.TryParse<AlertForm>(word, ignoreCase: true, out var known)
                && !int.TryParse(word, out _)
                    ? (known, rest)
                    : (AlertForm.Json, value);
            if (Uri.TryCreate(address, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
                targets.Add(new AlertTarget(form, url));
            else
                reader.Fault(
                    path,
                    "expected an address such as ntfy=https://ntfy.sh/topic; json, slack, discord and ntfy are known"
                );
        }
        return targets;
    }

    /// <summary>Enough to tell which one, and no more.</summary>
    public override string ToString() => $"{Form.ToString().ToLowerInvariant()} at {Url.Host}";
}
