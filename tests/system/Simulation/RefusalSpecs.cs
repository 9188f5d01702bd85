using System.Text.Json.Nodes;

namespace Ebb.Tests.Simulation;

/// <summary>Refusals of a real API server with its messages, where no recording has the case.</summary>
public sealed class RefusalSpecs
{
    private const string Merge = "application/merge-patch+json";
    private const string Strategic = "application/strategic-merge-patch+json";
    private const string Json = "application/json-patch+json";
    private const string Apply = "application/apply-patch+yaml";
    private const string Deployments = "/apis/apps/v1/namespaces/default/deployments";
    private const string ConfigMaps = "/api/v1/namespaces/default/configmaps";
    private const string Autoscalers = "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers";
    private const string ScaledObjects = "/apis/keda.sh/v1alpha1/namespaces/default/scaledobjects";

    [Theory]
    [InlineData(Merge, "", "error decoding patch: unexpected end of JSON input")]
    [InlineData(
        Merge,
        "{not json",
        "error decoding patch: invalid character 'n' looking for beginning of object key string"
    )]
    [InlineData(
        Merge,
        "[]",
        "error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}"
    )]
    [InlineData(Strategic, "{\"a\" 1}", "invalid character '1' after object key")]
    [InlineData(Strategic, "\"x\"", "json: cannot unmarshal string into Go value of type map[string]interface {}")]
    [InlineData(
        Json,
        "{}",
        "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp"
    )]
    [InlineData(Json, "[1,]", "error decoding patch: invalid character ']' looking for beginning of value")]
    [InlineData(
        Merge,
        "{\"metadata\":{\"name\":\"other\"}}",
        "the name of the object (other) does not match the name on the URL (web)"
    )]
    [InlineData(
        Merge,
        "{\"metadata\":{\"namespace\":\"other\"}}",
        "the namespace of the object (other) does not match the namespace on the request (default)"
    )]
    public async Task A_patch_that_cannot_be_read_or_is_about_something_else_is_a_bad_request(
        string media,
        string patch,
        string message
    )
    {
        await using var world = await World.StartAsync(World.Nodes + "\n---\n" + World.Deployment("web", 1));
        Same(await world.Send("PATCH", Deployments + "/web", patch, media), 400, "BadRequest", message);
    }

    [Theory]
    [InlineData(
        "/web?dryRun=server",
        Merge,
        "PatchOptions.meta.k8s.io \"\" is invalid: dryRun: Unsupported value: \"server\": supported values: \"All\""
    )]
    [InlineData(
        "/web?force=true",
        Merge,
        "PatchOptions.meta.k8s.io \"\" is invalid: force: Forbidden: may not be specified for non-apply patch"
    )]
    [InlineData(
        "/web?fieldValidation=Maybe",
        Merge,
        "PatchOptions.meta.k8s.io \"\" is invalid: fieldValidation: Unsupported value: \"Maybe\": supported "
            + "values: \"\", \"Ignore\", \"Strict\", \"Warn\""
    )]
    [InlineData(
        "/web",
        Apply,
        "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch"
    )]
    [InlineData(
        "?watch=1&sendInitialEvents=true&resourceVersionMatch=Exact",
        "",
        "ListOptions.meta.k8s.io \"\" is invalid: [resourceVersionMatch: Forbidden: sendInitialEvents requires "
            + "setting resourceVersionMatch to NotOlderThan, resourceVersionMatch: Unsupported value: \"Exact\": "
            + "supported values: \"NotOlderThan\"]"
    )]
    [InlineData(
        "?resourceVersionMatch=Exact",
        "",
        "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is "
            + "forbidden unless resourceVersion is provided"
    )]
    public async Task Options_that_are_not_known_or_do_not_go_together_are_invalid(
        string rest,
        string media,
        string message
    )
    {
        await using var world = await World.StartAsync(World.Nodes + "\n---\n" + World.Deployment("web", 1));
        Same(
            media.Length == 0
                ? await world.Get(Deployments + rest)
                : await world.Send("PATCH", Deployments + rest, "{}", media),
            422,
            "Invalid",
            message
        );
    }

    [Theory]
    [InlineData(
        "propagationPolicy=Foo",
        "DeleteOptions.meta.k8s.io \"\" is invalid: propagationPolicy: Unsupported value: \"Foo\": supported "
            + "values: \"Foreground\", \"Background\", \"Orphan\", \"nil\""
    )]
    [InlineData(
        "dryRun=yes",
        "DeleteOptions.meta.k8s.io \"\" is invalid: dryRun: Unsupported value: \"yes\": supported values: \"All\""
    )]
    public async Task A_delete_with_unknown_options_deletes_nothing(string query, string message)
    {
        await using var world = await World.StartAsync(World.Nodes + "\n---\n" + World.Deployment("web", 1));
        Same(await world.Send("DELETE", $"{Deployments}/web?{query}"), 422, "Invalid", message);
        Assert.Equal(200, (await world.Get(Deployments + "/web")).Status);
    }

    [Theory]
    [InlineData(
        """{"spec":{"replicas":"two"}}""",
        "json: cannot unmarshal string into Go struct field ScaleSpec.spec.replicas of type int32"
    )]
    [InlineData(
        """{"spec":{"replicas":1.5}}""",
        "json: cannot unmarshal number 1.5 into Go struct field ScaleSpec.spec.replicas of type int32"
    )]
    [InlineData(
        """{"spec":{"replicas":99999999999}}""",
        "json: cannot unmarshal number 99999999999 into Go struct field ScaleSpec.spec.replicas of type int32"
    )]
    public async Task A_scale_that_is_no_count_is_refused_and_scales_nothing(string patch, string why)
    {
        await using var world = await World.StartAsync(World.Nodes + "\n---\n" + World.Deployment("web", 3));
        var (status, body) = await world.Merge(Deployments + "/web/scale", patch);
        Assert.Equal(422, status);
        Assert.EndsWith(why, body!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(3, world.Get("deployments.apps", "web")["spec"]!["replicas"]!.GetValue<int>());
    }

    [Theory]
    [InlineData(
        """{"name":"x"}""",
        """{}""",
        "[spec.selector: Required value, spec.template.metadata.labels: Invalid value: null: `selector` does "
            + "not match template `labels`, spec.template.spec.containers: Required value]"
    )]
    [InlineData(
        """{"name":"x"}""",
        """{"replicas":-1,"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}""",
        "spec.replicas: Invalid value: -1: must be greater than or equal to 0"
    )]
    [InlineData(
        """{"name":"x"}""",
        """{"selector":{"matchLabels":{"a":"b"}},"strategy":{"type":"Wild"},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"i"}]}}}""",
        "[spec.template.spec.restartPolicy: Unsupported value: \"Never\": supported values: \"Always\", "
            + "spec.strategy.type: Unsupported value: \"Wild\": supported values: \"Recreate\", "
            + "\"RollingUpdate\"]"
    )]
    [InlineData(
        """{"name":"x"}""",
        """{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i","resources":{"requests":{"cpu":"2"},"limits":{"cpu":"1"}}}]}}}""",
        "spec.template.spec.containers[0].resources.requests: Invalid value: \"2\": must be less than or equal "
            + "to cpu limit of 1"
    )]
    [InlineData(
        """{"name":"x","labels":{"a":"b c"}}""",
        """{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}""",
        "metadata.labels: Invalid value: \"b c\": a valid label must be an empty string or consist of "
            + "alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
            + "(e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
            + "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
    )]
    public async Task A_deployment_that_could_not_run_is_invalid(string metadata, string spec, string message)
    {
        await using var world = await World.StartAsync();
        var tree = new JsonObject
        {
            ["apiVersion"] = "apps/v1",
            ["kind"] = "Deployment",
            ["metadata"] = JsonNode.Parse(metadata),
            ["spec"] = JsonNode.Parse(spec),
        };
        Same(
            await world.Send("POST", Deployments, tree.ToJsonString()),
            422,
            "Invalid",
            "Deployment.apps \"x\" is invalid: " + message
        );
    }

    [Theory]
    [InlineData(
        """{}""",
        "[spec.maxReplicas: Invalid value: 0: must be greater than 0, spec.maxReplicas: Invalid value: 0: must "
            + "be greater than or equal to `minReplicas`, spec.scaleTargetRef.kind: Required value, "
            + "spec.scaleTargetRef.name: Required value]"
    )]
    [InlineData(
        """{"scaleTargetRef":{"kind":"Deployment","name":"web"},"maxReplicas":3,"metrics":[{"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization","averageUtilization":0}}}]}""",
        "spec.metrics[0].resource.target.averageUtilization: Invalid value: 0: must be greater than 0"
    )]
    [InlineData(
        """{"scaleTargetRef":{"kind":"Deployment","name":"web"},"maxReplicas":3,"behavior":{"scaleDown":{"stabilizationWindowSeconds":4000}}}""",
        "spec.behavior.scaleDown.stabilizationWindowSeconds: Invalid value: 4000: must be less than or equal to 3600"
    )]
    public async Task An_autoscaler_that_asks_for_nonsense_is_invalid(string spec, string message)
    {
        await using var world = await World.StartAsync();
        var tree = new JsonObject
        {
            ["apiVersion"] = "autoscaling/v2",
            ["kind"] = "HorizontalPodAutoscaler",
            ["metadata"] = new JsonObject { ["name"] = "h" },
            ["spec"] = JsonNode.Parse(spec),
        };
        Same(
            await world.Send("POST", Autoscalers, tree.ToJsonString()),
            422,
            "Invalid",
            "HorizontalPodAutoscaler.autoscaling \"h\" is invalid: " + message
        );
    }

    [Fact]
    public async Task A_body_beyond_three_mebibytes_is_not_read_and_a_ConfigMap_beyond_one_is_not_kept()
    {
        await using var world = await World.StartAsync();
        static string Map(int bytes) =>
            new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "ConfigMap",
                ["metadata"] = new JsonObject { ["name"] = "big" },
                ["data"] = new JsonObject { ["k"] = new string('x', bytes) },
            }.ToJsonString();
        Same(
            await world.Send("POST", ConfigMaps, Map(4_000_000)),
            413,
            "RequestEntityTooLarge",
            "Request entity too large: limit is 3145728"
        );
        Same(
            await world.Send("POST", ConfigMaps, Map(1_048_577)),
            422,
            "Invalid",
            "ConfigMap \"big\" is invalid: []: Too long: may not be more than 1048576 bytes"
        );
        Assert.Equal(201, (await world.Send("POST", ConfigMaps, Map(1_048_576))).Status);
    }

    [Fact]
    public async Task What_is_created_brings_no_version_and_what_is_replaced_keeps_its_identity()
    {
        await using var world = await World.StartAsync();
        Same(
            await world.Send(
                "POST",
                ConfigMaps,
                """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c","resourceVersion":"5"}}"""
            ),
            500,
            null,
            "resourceVersion should not be set on objects to be created"
        );
        await world.Send("POST", ConfigMaps, """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"}}""");
        var (status, body) = await world.Send(
            "PUT",
            ConfigMaps + "/c",
            """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c","uid":"11111111-1111-4111-8111-111111111111"}}"""
        );
        Assert.Equal(409, status);
        Assert.StartsWith(
            "Operation cannot be fulfilled on configmaps \"c\": StorageError: invalid object, Code: 4, Key: "
                + "/registry/configmaps/default/c",
            body!["message"]!.GetValue<string>(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_lease_may_be_made_by_replacing_what_is_not_there()
    {
        await using var world = await World.StartAsync();
        const string Path = "/apis/coordination.k8s.io/v1/namespaces/default/leases/l";
        const string Lease =
            """{"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"l"},"spec":{"holderIdentity":"a","leaseDurationSeconds":15}}""";
        Assert.Equal(201, (await world.Send("PUT", Path, Lease)).Status);
        Same(
            await world.Send("PUT", Path, Lease),
            422,
            "Invalid",
            "leases.coordination.k8s.io \"l\" is invalid: metadata.resourceVersion: Invalid value: 0: must be "
                + "specified for an update"
        );
    }

    [Fact]
    public async Task What_is_deleted_in_the_foreground_comes_back_with_its_finalizer_and_goes_when_its_pods_are_gone()
    {
        await using var world = await World.StartAsync(World.Nodes + "\n---\n" + World.Deployment("web", 1));
        world.Advance(10);
        var (status, body) = await world.Send("DELETE", Deployments + "/web?propagationPolicy=Foreground");
        Assert.Equal(200, status);
        Assert.Equal("foregroundDeletion", body!["metadata"]!["finalizers"]![0]!.GetValue<string>());
        Assert.Equal(200, (await world.Get(Deployments + "/web")).Status);
        world.Advance(30);
        Assert.Equal(404, (await world.Get(Deployments + "/web")).Status);
        Assert.Equal(0, world.Store.Count("pods", "default"));
    }

    [Fact]
    public async Task What_is_deleted_alone_leaves_its_pods_without_an_owner()
    {
        await using var world = await World.StartAsync(World.Nodes + "\n---\n" + World.Deployment("web", 1));
        world.Advance(10);
        await world.Send("DELETE", Deployments + "/web?propagationPolicy=Orphan");
        Assert.Equal(404, (await world.Get(Deployments + "/web")).Status);
        var orphan = Assert.Single(world.Store.List("replicasets.apps", "default"));
        Assert.Null(orphan["metadata"]!["ownerReferences"]);
        world.Advance(60);
        Assert.Equal(1, world.Store.Count("pods", "default"));
    }

    [Fact]
    public async Task A_custom_resource_is_not_guessed_at()
    {
        await using var world = await World.StartAsync();
        Same(
            await world.Send("POST", ScaledObjects, """{"spec":{}}"""),
            400,
            "BadRequest",
            "the object provided is unrecognized (must be of type ScaledObject): Object 'Kind' is missing in "
                + "'{\"spec\":{}}' ({\"spec\":{}})"
        );
        Same(
            await world.Send("PATCH", ScaledObjects + "/x/status", "{}", Strategic),
            415,
            "UnsupportedMediaType",
            "the body of the request was in an unknown format - accepted media types include: "
                + "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml"
        );
    }

    private static void Same((int Status, JsonNode? Body) answer, int status, string? reason, string message)
    {
        Assert.Equal(message, answer.Body?["message"]?.GetValue<string>());
        Assert.Equal(status, answer.Status);
        Assert.Equal(reason, answer.Body?["reason"]?.GetValue<string>());
        Assert.Equal(status, answer.Body?["code"]?.GetValue<int>());
    }
}
