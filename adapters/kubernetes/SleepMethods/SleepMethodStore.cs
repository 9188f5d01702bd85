using System.Text.Json.Nodes;
using Ebb.Core.Conditions;
using Ebb.Core.Ports;
using Ebb.Core.Workloads.Declared;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Resources;
using Ebb.Kubernetes.Watching;
using NodaTime;

namespace Ebb.Kubernetes.SleepMethods;

/// <summary>The SleepMethods of the cluster. Safe from several threads.</summary>
internal sealed class SleepMethodStore(KubernetesApi api, Informer<SleepMethodObject> watch) : ISleepMethods
{
    private static readonly ResourceType Type = Kinds.SleepMethods.Type;
    private static readonly SleepMethodBook None = new([]);
    private readonly Lock _lock = new();
    private (long Version, IReadOnlyList<SleepMethodView> All, SleepMethodBook Book) _known = (-1, [], None);

    /// <summary>Null: not read yet. The same list as long as none changes.</summary>
    public IReadOnlyList<SleepMethodView>? Known => watch.Synced ? Read().All : null;

    /// <summary>
    /// Which of them count; null: that is not known. Where the kind is not served there are none. The same instance as
    /// long as none changes.
    /// </summary>
    public SleepMethodBook? Book =>
        watch.Synced ? Read().Book
        : watch.Trouble is { Code: 404 } ? None
        : null;

    /// <summary>Why they are not known.</summary>
    public string Unread => watch.Trouble?.Sentence ?? "SleepMethods have not been read yet";

    public Task<WriteResult> SetStatusAsync(
        SleepMethodView method,
        SleepMethodStatus status,
        CancellationToken cancellationToken
    ) =>
        WriteAnswer.OfAsync(async () =>
        {
            var patch = new JsonObject
            {
                ["metadata"] = new JsonObject { ["uid"] = method.Uid },
                ["status"] = new JsonObject
                {
                    ["phase"] = status.Phase.ToString(),
                    ["message"] = status.Message,
                    ["observedGeneration"] = method.Generation,
                    ["conditions"] = ConditionList.Write(
                        watch.TryFind("", method.Name, out var shown) ? shown.Status?.Conditions : null,
                        status.Conditions,
                        Instant.FromDateTimeOffset(api.Time.GetUtcNow()),
                        method.Generation
                    ),
                },
            };
            var answer = await api.PatchAsync(Type, "", method.Name, "status", patch, cancellationToken)
                .ConfigureAwait(false);
            watch.Apply(answer.Read(Kinds.SleepMethods.Item));
            return WriteResult.Done;
        });

    private (long Version, IReadOnlyList<SleepMethodView> All, SleepMethodBook Book) Read()
    {
        lock (_lock)
        {
            var version = watch.Version;
            if (_known.Version != version)
            {
                IReadOnlyList<SleepMethodView> all = [.. watch.Items.Select(item => item.View())];
                _known = (version, all, new SleepMethodBook(all));
            }
            return _known;
        }
    }
}
