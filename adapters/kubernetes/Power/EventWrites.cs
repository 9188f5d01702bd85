using System.Globalization;
using System.Text;
using Ebb.Core.Ports;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Resources;
using k8s.Models;

namespace Ebb.Kubernetes.Power;

/// <summary>
/// Events of <c>events.k8s.io/v1</c>. Names are made here, so that a second attempt to create the same Event is
/// recognised.
/// </summary>
internal sealed class EventWrites(KubernetesApi api)
{
    private const int LongestNote = 1024;
    private const int LongestWord = 128;
    private const int LongestName = 200;
    private static readonly string Instance = Cut(Environment.MachineName, LongestWord);

    public Task<WriteResult> AnnounceAsync(Announcement announcement, CancellationToken cancellationToken) =>
        WriteAnswer.OfAsync(async () =>
        {
            var about = announcement.Regarding;
            var place = string.IsNullOrEmpty(about.Namespace) ? "default" : about.Namespace;
            var body = new Eventsv1Event
            {
                ApiVersion = Kinds.Events.ApiVersion,
                Kind = Kinds.Events.Kind,
                Metadata = new V1ObjectMeta { Name = Name(about.Name), NamespaceProperty = place },
                EventTime = api.Time.GetUtcNow().UtcDateTime,
                ReportingController = announcement.Controller ?? "ebb.dev/ebb",
                ReportingInstance = Instance,
                Type = announcement.Warning ? "Warning" : "Normal",
                Reason = Cut(announcement.Reason, LongestWord),
                Action = Cut(announcement.Action, LongestWord),
                Note = Cut(ControlCharacters.Escaped(announcement.Note), LongestNote),
                Regarding = new V1ObjectReference
                {
                    ApiVersion = about.ApiVersion,
                    Kind = about.Kind,
                    Name = about.Name,
                    NamespaceProperty = string.IsNullOrEmpty(about.Namespace) ? null : about.Namespace,
                    Uid = announcement.RegardingUid,
                },
            };
            try
            {
                await api.CreateAsync(Kinds.Events, place, body, ModelJson.Default.Eventsv1Event, cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (KubernetesException fault) when (fault is { Code: 409, Reason: "AlreadyExists" })
            {
                // The name is random: an earlier attempt of this call succeeded although its answer was lost.
            }

            return WriteResult.Done;
        });

    private static string Name(string about)
    {
        var name = new StringBuilder(Math.Min(about.Length, LongestName));
        foreach (var letter in about.ToLowerInvariant().AsSpan(0, Math.Min(about.Length, LongestName)))
            name.Append(char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) ? letter : '-');
        var stem = name.ToString().Trim('-');
        return string.Create(CultureInfo.InvariantCulture, $"{(stem.Length == 0 ? "ebb" : stem)}.{Guid.NewGuid():N}");
    }

    // The API counts bytes.
    private static string Cut(string text, int bytes)
    {
        if (Encoding.UTF8.GetByteCount(text) <= bytes)
            return text;
        var (kept, length) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            if (length + rune.Utf8SequenceLength > bytes)
                break;
            length += rune.Utf8SequenceLength;
            kept += rune.Utf16SequenceLength;
        }

        return text[..kept];
    }
}
