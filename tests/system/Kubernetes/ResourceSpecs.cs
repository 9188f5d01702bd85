using System.Text;
using System.Text.Json;
using Ebb.Core.Workloads.Declared;
using Ebb.Kubernetes.Resources;

namespace Ebb.Tests.Kube;

public sealed class ResourceSpecs
{
    // Longer than any buffer, so that the parser is interrupted at every place.
    private const int Many = 700;

    private const string Meta = """
        "metadata":{"name":"n","namespace":"shop","uid":"u","resourceVersion":"7","generation":2,
         "creationTimestamp":"2026-11-21T17:00:00Z","deletionTimestamp":null,
        "labels":{"app":"web","x":"y"},
         "annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"a\":[1,2,{\"b\":\"c\"}]}","keep":"me"},
        "finalizers":["f"],"ownerReferences":[{"apiVersion":"v1","kind":"K","name":"o","uid":"ou","controller":true}],
        "managedFields":[{"manager":"first","operation":"Update","apiVersion":"apps/v1","time":"2026-11-21T17:00:00Z",
         "fieldsType":"FieldsV1",
          "fieldsV1":{"f:metadata":{"f:labels":{".":{},"f:app":{}}},"f:spec":{"f:selector":{},
           "f:template":{"f:spec":{"f:containers":{"k:{\"name\":\"c\"}":{".":{}}}}},"f:replicas":{}}}},
         {"manager":"status","time":"2026-11-21T18:00:00Z","fieldsV1":{"f:status":{"f:replicas":{}}}}]}
        """;

    [Fact]
    public async Task Long_lists_of_deployments_are_read_whatever_else_they_carry()
    {
        var deployment = (
            await ListAsync(
                Kinds.Deployments,
                """
                "spec":{"replicas":2,"selector":{"matchLabels":{"app":"web"},"matchExpressions":[{"key":"t",
                 "operator":"In","values":["a","b"]}]},"template":{"spec":{"containers":[{"name":"c",
                 "env":[{"name":"A","value":"B"}]}]}}},
                "status":{"observedGeneration":2,"replicas":2,"terminatingReplicas":1,
                 "conditions":[{"type":"Available","status":"True"}]}
                """
            )
        )[^1];
        Assert.Equal(
            (2, 1, 2L),
            (deployment.Spec!.Replicas, deployment.Status!.TerminatingReplicas, deployment.Metadata.Generation)
        );
        Assert.Equal("first", deployment.Metadata.SizedBy!.Manager);
        Assert.Equal(["keep"], deployment.Metadata.Annotations.Keys);
        Assert.Equal(["a", "b"], deployment.Spec.Selector!.MatchExpressions!.Single().Values!);
    }

    [Fact]
    public async Task Long_lists_of_the_other_kinds_are_read_too()
    {
        Assert.Equal(2, (
                await ListAsync(
                    Kinds.CronJobs,
                    """
                    "spec":{"suspend":true,"jobTemplate":{"a":[1]}},"status":{"active":[{"name":"a","x":{"y":1}},
                     {"name":"b"}]}
                    """
                )
            )[^1].Status!.Active!.Length);
        Assert.True((
                await ListAsync(
                    Kinds.Pods,
                    """
                    "status":{"phase":"Running","conditions":[{"type":"Ready","status":"True","x":[{}]},
                     {"type":"Other","status":"False"}]}
                    """
                )
            )[^1].Status!.Ready);
        Assert.True((
                await ListAsync(
                    Kinds.Nodes,
                    """
                    "spec":{"unschedulable":true},"status":{"conditions":[{"type":"Ready","status":"True"}],
                     "images":[{"names":["a"]}]}
                    """
                )
            )[^1].Status!.Ready);
        Assert.Equal(
            """{"prune":true}""",
            (await ListAsync(Kinds.Applications, """ "spec":{"syncPolicy":{"automated":{ "prune" : true }}}"""))[^1]
                .Spec!
                .SyncPolicy!
                .Automated
        );
        Assert.Equal(3, (
                await ListAsync(
                    Kinds.UpsScalers,
                    """
                    "spec":{"type":"deployment","specReplicas":3},
                     "status":{"since":"2026-11-21T18:00:00Z"}
                    """
                )
            )[^1].Spec!.SpecReplicas);
    }

    [Fact]
    public async Task One_odd_field_makes_no_list_unreadable()
    {
        var scaler = (
            await ListAsync(
                Kinds.UpsScalers,
                """
                "spec":{"type":{"a":1},"name":7,"namespace":["x"],"shutdownPriority":"first","scaleUpPriority":1e30,
                 "specReplicas":2.5},"status":{"phase":[],"since":"yesterday","observedGeneration":"x"}
                """
            )
        )[^1];
        Assert.Equal(new UpsScalerSpec(null, null, null, null, null, null, null, null, null, null), scaler.Spec);
        Assert.Equal(new UpsScalerStatusFields(null, null, null, null, null), scaler.Status);
    }

    [Theory]
    // Both write parts of it, and the later one counts.
    [InlineData("spec.template", "console")]
    [InlineData("spec.template.spec.nodeSelector.disk", "console")]
    [InlineData("spec.template.spec.containers", "git")]
    [InlineData("metadata.labels[\"app\"]", "git")]
    [InlineData("metadata.annotations[\"a.b/pause\"]", "console")]
    [InlineData("spec.replicas", null)]
    [InlineData("spec.paused", null)]
    [InlineData("status.replicas", null)]
    public async Task Who_wrote_a_field_last_is_read_of_kinds_that_are_kept_whole(string path, string? manager)
    {
        const string meta = """
            "metadata":{"name":"n","namespace":"shop","uid":"u","resourceVersion":"7","managedFields":[
             {"manager":"git","operation":"Apply","apiVersion":"a/v1","time":"2026-11-21T17:00:00Z",
              "fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{"f:labels":{".":{},"f:app":{}}},
              "f:spec":{"f:template":{"f:spec":{"f:containers":{"k:{\"name\":\"c\"}":{".":{}}}}}}}},
             {"manager":"ebb","operation":"Update","time":"2026-11-21T19:00:00Z","fieldsV1":{"f:spec":{"f:paused":{}}}},
             {"manager":"console","operation":"Update","time":"2026-11-21T18:00:00Z","fieldsV1":{"f:metadata":
              {"f:annotations":{"f:a.b/pause":{}}},"f:spec":{"f:template":{"f:spec":{"f:nodeSelector":{}}}}}},
             {"manager":"operator","operation":"Update","subresource":"status","time":"2026-11-21T18:30:00Z",
              "fieldsV1":{"f:status":{"f:replicas":{}}}}]}
            """;
        var item = $"{{{meta},\"spec\":{{}}}}";
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes($$"""{"metadata":{},"items":[{{item}}]}"""));
        var kind = Kinds.Whole(new("a", "v1", "things", "Thing"));
        var list = await JsonSerializer.DeserializeAsync(stream, kind.List, TestContext.Current.CancellationToken);
        var owners = list!.Items!.Single().Metadata.Owners!;
        Assert.Equal(manager, owners.LastOf([FieldPath.Parse(path)!]));
    }

    [Theory]
    [InlineData("app=web", "app=web", true)]
    [InlineData("app=web,tier!=db", "app=web", true)]
    [InlineData("app=web,tier!=db", "app=web,tier=db", false)]
    [InlineData("app==web", "app=web", true)]
    [InlineData("app in (web,api),tier", "app=api,tier=x", true)]
    [InlineData("app in (web,api),tier", "app=api", false)]
    [InlineData("app notin (web), !tier", "app=api", true)]
    [InlineData("app notin (web), !tier", "app=web", false)]
    public void A_selector_in_text_selects_what_the_server_means(string selector, string labels, bool selects)
    {
        var pairs = labels
            .Split(',')
            .Select(pair => pair.Split('='))
            .Select(pair => new KeyValuePair<string, string>(pair[0], pair[1]));
        Assert.Equal(selects, LabelSelector.Parse(selector)!.Selects(new SmallDictionary([.. pairs])));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a=b,,c=d")]
    [InlineData("a within (b)")]
    [InlineData("=b")]
    public void A_text_that_is_not_a_selector_selects_nothing_and_not_everything(string? selector) =>
        Assert.Null(LabelSelector.Parse(selector));

    private static async Task<List<T>> ListAsync<T>(Resource<T> resource, string rest)
        where T : class, IKubernetesObject
    {
        var item = $"{{{Meta},{rest},\"unknown\":{{\"deep\":[[{{\"x\":1}}],null,true]}}}}";
        var text = $$"""
            {"kind":"List","apiVersion":"v1","metadata":{"resourceVersion":"9","continue":"","remainingItemCount":3},
             "items":[{{string.Join(",", Enumerable.Repeat(item, Many))}}]}
            """;
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        var list = await JsonSerializer.DeserializeAsync(stream, resource.List, TestContext.Current.CancellationToken);
        Assert.Equal(Many, list!.Items!.Count);
        return list.Items;
    }
}
